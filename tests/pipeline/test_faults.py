"""A planted fault strikes once, at the hit it names; without one nothing happens."""

import os
import signal
import subprocess
import sys

import pytest

from tracker.pipeline.faults import Deed, Fault, FaultPoint, PlantedFault, no_fault, planted, read_faults


def test_the_variable_is_read_point_by_point() -> None:
    faults = read_faults("look_after_claim:kill:3, send_before_connect:sleep=5")

    assert faults == (
        Fault(point=FaultPoint.LOOK_AFTER_CLAIM, deed=Deed.KILL, at_hit=3),
        Fault(point=FaultPoint.SEND_BEFORE_CONNECT, deed=Deed.SLEEP, seconds=5),
    )
    assert read_faults("") == ()


@pytest.mark.parametrize("text", ["nowhere:kill", "look_after_claim:explode", "look_after_claim", "mid_fanout:kill:x"])
def test_a_fault_that_cannot_strike_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_faults(text)


def test_a_fault_strikes_at_its_hit_and_never_again() -> None:
    hit = planted(read_faults("mid_fanout:raise:2"))

    hit(FaultPoint.MID_FANOUT)
    hit(FaultPoint.LOOK_AFTER_CLAIM)
    with pytest.raises(PlantedFault):
        hit(FaultPoint.MID_FANOUT)
    hit(FaultPoint.MID_FANOUT)


def test_nothing_planted_is_no_work_at_all() -> None:
    assert planted(()) is no_fault


def test_a_kill_leaves_no_time_to_clean_up() -> None:
    code = (
        "from tracker.pipeline.faults import FaultPoint, planted, read_faults\n"
        "try: planted(read_faults('mid_fanout:kill'))(FaultPoint.MID_FANOUT)\n"
        "finally: print('cleaned up')"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False, env=dict(os.environ)
    )

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout == ""

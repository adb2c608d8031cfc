"""Which addresses let a reader prove, change, stop, and be sent things."""

from starlette.routing import Route

from tracker.web import invitation, lookup, messages, more, proof, resend


def routes() -> list[Route]:
    """Below a tracking page, and beside the look-up."""
    return [
        Route(messages.PATH, messages.show),
        Route(messages.PATH, messages.change, methods=["POST"]),
        Route(more.PATH, more.show),
        Route("/t/{token}/proof", proof.prove, methods=["POST"]),
        Route(invitation.PATH, invitation.ask),
        Route(invitation.PATH, invitation.agree, methods=["POST"]),
        Route(lookup.AGAIN, resend.done),
        Route(lookup.AGAIN, resend.ask, methods=["POST"]),
    ]

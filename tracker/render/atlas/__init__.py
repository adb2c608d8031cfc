"""Where places lie, from files of our own: no map service is ever asked."""

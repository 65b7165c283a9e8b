"""The fallback: calls through Modal's tunnels, where its proxy does not carry gRPC.

Nothing else of Cloche imports this, but for the one line in `cloche.modal._remote` that asks for
it.
"""

"""An asyncio server that says of each client why its handshake failed, while it goes on serving.

Run it with `python asyncio_server.py`: it makes its own certificates, is visited by three clients, and stops.
"""

from __future__ import annotations

import asyncio
import ssl
import sys

import tlsdiag


class Log(tlsdiag.HandshakeRecorder):
    """Writes one line for each handshake; called off the handshake's thread."""

    def finished(self, handshake: tlsdiag.Handshake) -> None:
        """Writes the verdict."""
        print(handshake.one_line(), flush=True)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gives back one line."""
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()


async def visit(port: int, context: ssl.SSLContext) -> None:
    """One client; what it thinks of it is for the server's log to say."""
    try:
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        writer.write(b"hello\n")
        await reader.readline()
        writer.close()
        await writer.wait_closed()
    except OSError as error:
        print(f"the client says no more than: {error}", file=sys.stderr)


async def run(context: ssl.SSLContext, clients: list[ssl.SSLContext]) -> None:
    """Serves until all have been there."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        for client in clients:
            await visit(port, client)


def main() -> None:
    """Borrows the certificates of tlsdiag's own server."""
    with tlsdiag.Server(client_auth="required") as pki:
        good = pki.client_context(pki.client_cert())
        without = pki.client_context()
        expired = pki.client_context(pki.client_cert(certificate="expired"))
        with tlsdiag.record(pki.context, recorder=Log()):
            asyncio.run(run(pki.context, [good, without, expired]))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The bare thing beside the desk: Starlette on uvicorn, which reads a body and says so.

python -m bench.echo_http PORT
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def echo(request: Request) -> JSONResponse:
    """Whatever was sent: its length. Nothing of it is kept, as it comes in pieces."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
    return JSONResponse({"bytes": size}, 201)


def main(port: int) -> None:
    """Serve until told to stop, set up as the desk's own server is."""
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST", "PUT"])])
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, server_header=False, log_config=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))

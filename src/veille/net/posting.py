"""One call to another program, outside any crawl."""

import asyncio

from veille.model import FetchOutcome, Request
from veille.protocols import Fetcher


def post(fetcher: Fetcher, request: Request) -> FetchOutcome:
    """Send a request once, through the guarded way out, and leave nothing open."""

    async def asked() -> FetchOutcome:
        try:
            return await fetcher.send(request)
        finally:
            await fetcher.aclose()

    return asyncio.run(asked())

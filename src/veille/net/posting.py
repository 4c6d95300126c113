"""One call to another program or to a mailbox, outside any crawl."""

import asyncio

from veille.model import FetchOutcome, Request, Validators
from veille.net.fetcher import UNCONDITIONAL
from veille.protocols import Fetcher


def post(fetcher: Fetcher, request: Request, validators: Validators = UNCONDITIONAL) -> FetchOutcome:
    """Send a request once, through the guarded way out, and leave nothing open."""

    async def asked() -> FetchOutcome:
        try:
            return await fetcher.send(request, validators)
        finally:
            await fetcher.aclose()

    return asyncio.run(asked())

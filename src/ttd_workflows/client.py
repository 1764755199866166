"""The documented client, ``Workflows``: where the service is, who asks, and the resources."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from ttd_workflows.core import checks
from ttd_workflows.core.exchange import Exchange, Settings
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.core.retry import RetryConfig
from ttd_workflows.errors import ConfigurationError
from ttd_workflows.identity import address_given, settle, token_given
from ttd_workflows.methods import (
    AdGroup,
    AdGroups,
    Campaign,
    Campaigns,
    Dmp,
    GraphQLRequest,
    JobStatus,
    RESTRequest,
)
from ttd_workflows.types import UNSET, Unset
from ttd_workflows.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from ttd_workflows.jobs.submissions import Jobs
    from ttd_workflows.utils import Logger

DEFAULT_BODY_LIMIT = 128 * 1024 * 1024
DEFAULT_USER_AGENT = (
    f"ttdw/{__version__} python/{sys.version_info.major}.{sys.version_info.minor} (ttd_workflows; {sys.platform})"
)


class Workflows:
    """A client of The Trade Desk's Workflows API, blocking and async at once.

    Every method of a resource has a twin whose name ends in ``_async``. One client serves any number of threads, and
    event loops one after another or side by side. Use it in a ``with`` (or ``async with``) block, or call
    :meth:`close`; a forgotten one lets go of its connections by itself.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the documented arguments, in the documented order, and ours behind them
        self,
        ttd_auth: str | Callable[[], str | None] | None = None,
        server: str | None = None,
        url_params: Mapping[str, str] | None = None,
        server_url: str | None = None,
        client: Any = None,
        async_client: Any = None,
        retry_config: RetryConfig | Unset | None = UNSET,
        timeout_ms: int | None = None,
        debug_logger: Logger | None = None,
        *,
        profile: str | None = None,
        edition: str = NEWEST_EDITION,
        ledger: str | os.PathLike[str] | Unset | None = UNSET,
        ledger_scope: str = "",
        user_agent: str = DEFAULT_USER_AGENT,
        body_limit: int = DEFAULT_BODY_LIMIT,
        allow_http: bool = False,
    ) -> None:
        """Set a client up; nothing is sent yet.

        Args:
            ttd_auth: The token, or a function that returns it, asked at each call. Left out, that of ``profile``, else
                ``WORKFLOWS_TTD_AUTH``, else that of ``WORKFLOWS_PROFILE`` or of the profile ``default``.
            server: ``"prod"``, ``"sandbox"`` or ``"emulator"``. The emulator's token is its own.
            url_params: Values for ``{names}`` in ``server_url``.
            server_url: The service's address; beats ``server``. Both left out, that of ``profile``, else
                ``WORKFLOWS_SERVER_URL``, else that of the profile in use, else prod.
            client: Your own ``httpx`` or ``httpx2`` client, used for every blocking call. It stays yours to close.
            async_client: The same for the async form.
            retry_config: When and how calls are repeated, as far as that is safe. ``None``: never.
            timeout_ms: Milliseconds that one attempt may take as a whole. Left out, 60 s, and 300 s for a call that
                creates or changes something.
            debug_logger: Takes a line for each request and answer, bodies included, secrets masked.
            profile: The name that ``ttdw login`` keeps a token under, with the server it is for.
            edition: The edition of the API to speak: ``"0.13.2"`` or ``"0.7.2"``.
            ledger: The file that records what ``jobs`` submits. Left out, ``WORKFLOWS_LEDGER``, else a file in the
                user's state directory. ``None``: no record, and no ``key=``.
            ledger_scope: Keeps keys apart that are the same by chance: a key means one submission within its scope.
            user_agent: What the client calls itself.
            body_limit: Bytes of body, decoded, beyond which an answer is not read.
            allow_http: Send the token over plain http, to other hosts than this machine too.

        Raises:
            ConfigurationError: A setting is not one that can be used.
        """
        source, fault = token_given(ttd_auth)
        del ttd_auth  # so that no error's traceback shows it
        if fault:
            raise ConfigurationError(fault)
        if edition not in EDITIONS:
            raise ConfigurationError(f"there is no edition {edition!r}; there are {', '.join(EDITIONS)}")
        who = settle(source, profile, address_given(server, server_url, url_params))
        settings = Settings(
            token=who.token,
            server_url=who.address,
            edition=edition,
            retries=RetryConfig() if isinstance(retry_config, Unset) else retry_config,
            timeout_ms=timeout_ms,
            user_agent=user_agent,
            body_limit=body_limit,
            allow_http=allow_http,
            debug_logger=debug_logger,
        )
        checks.settings(settings, client, async_client)
        self._exchange = Exchange(settings, client, async_client)
        self._ledger = ledger
        self._ledger_scope = ledger_scope
        self.ad_group = AdGroup(self._exchange)
        self.ad_groups = AdGroups(self._exchange)
        self.campaign = Campaign(self._exchange)
        self.campaigns = Campaigns(self._exchange)
        self.dmp = Dmp(self._exchange)
        self.graph_ql_request = GraphQLRequest(self._exchange)
        self.job_status = JobStatus(self._exchange)
        self.rest_request = RESTRequest(self._exchange)

    def __repr__(self) -> str:
        exchange = self.__dict__.get("_exchange")  # a client that could not be set up has none
        return (
            f"<Workflows {exchange.settings.server_url}, edition {exchange.settings.edition}>"
            if exchange
            else "<Workflows>"
        )

    @property
    def server_url(self) -> str:
        """The service's address."""
        return self._exchange.settings.server_url

    @cached_property
    def jobs(self) -> Jobs:
        """The life of a job: submitted once, followed to its end, its result collected."""
        from ttd_workflows.jobs.submissions import Jobs  # noqa: PLC0415 - who only makes calls needs none of it

        return Jobs(self._exchange, self._ledger, self._ledger_scope)

    def close(self) -> None:
        """Let go of every connection, the async form's too. The client cannot be used afterwards."""
        self._exchange.close()
        self._close_ledger()

    async def aclose(self) -> None:
        """The same from within an event loop."""
        await self._exchange.aclose()
        self._close_ledger()

    def _close_ledger(self) -> None:
        if "jobs" in self.__dict__:
            self.jobs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        await self._exchange.ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

"""Who calls: the user a token stands for, as long as it lives. Tokens that were issued are kept as digests only."""

from hashlib import sha256
from secrets import compare_digest

from ttd_workflows.emulator.problems import PassedThrough, Refusal
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world.world import IssuedToken, World

OWNER = "emulator"
"""The name of the user who sees everything."""
EXPIRED = "The supplied auth token is not valid or has expired. Please obtain a new token via the Authentication API."
"""What REST v3 says of such a token."""


class UnknownToken(Exception):
    """No token, or none of ours."""


class ExpiredToken(Exception):
    """A token whose time is over."""


class Callers:
    """The users of one emulator."""

    def __init__(self, settings: Settings) -> None:
        owner = User(name=OWNER, token=settings.token, password=settings.password)
        self._users = {user.name: user for user in (*settings.users, owner)}
        self._fixed = {user.token.encode(): user for user in (*settings.users, owner) if user.token is not None}

    def who(self, token: bytes | None, world: World, now: float) -> User:
        """The user that a token stands for. Raises :class:`UnknownToken` or :class:`ExpiredToken`."""
        user = self._fixed.get(token or b"")
        if user is not None:
            expires_at = None if user.token_seconds is None else world.born_at + user.token_seconds
        elif token and (issued := world.tokens.get(_digest(token))):
            user, expires_at = self.named(issued.user), issued.expires_at
        else:
            raise UnknownToken
        if expires_at is not None and now >= expires_at:
            raise ExpiredToken
        return user

    def named(self, name: str) -> User:
        """A user by name; one that the settings no longer have sees nothing."""
        return self._users.get(name) or User(name=name, partners=(), advertisers=())

    def issue(self, login: str, password: str, seconds: float, world: World, now: float) -> str | None:
        """A new token for a user, or ``None`` if the password is wrong."""
        user = self._users.get(login)
        if user is None or user.password is None or not compare_digest(user.password.encode(), password.encode()):
            return None
        token = sha256(f"token {world.secret} {world.number('token')}".encode()).hexdigest()
        world.issue(_digest(token.encode()), IssuedToken(user.name, now + seconds))
        return token


def unknown_token(settings: Settings) -> Exception:
    """The answer to no token, or to one that is none of ours."""
    if settings.unauthorized_body == "gateway":
        return PassedThrough(401, {"message": "Unauthorized"})
    return Refusal(401, "The token is missing or not known.")


def expired_token(settings: Settings) -> Exception:
    """The answer to a token whose time is over."""
    return Refusal(403, EXPIRED) if settings.expired_token == 403 else unknown_token(settings)


def expired_in_graphql(settings: Settings) -> Exception:
    """The same where a GraphQL request was to be passed through."""
    if settings.expired_token_in_graphql == "status":
        return expired_token(settings)
    error = {"message": EXPIRED, "extensions": {"code": "AUTHENTICATION_FAILURE"}}
    return PassedThrough(200, {"errors": [error]})


def _digest(token: bytes) -> str:
    return sha256(token).hexdigest()

"""Why a request is not answered with speech."""

from __future__ import annotations

from typing import Any

KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
"""OpenAI's names for kinds of errors; below 500 the others are `invalid_request_error`, from there `server_error`."""

GONE = 499
"""Status, in logs and metrics only, where the client went away."""


class Refused(Exception):
    """A request that is refused with a status of HTTP."""

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param

    def body(self) -> dict[str, Any]:
        """As OpenAI's API says it."""
        kind = KINDS.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}

    def event(self) -> dict[str, Any]:
        """The same where an answer has begun."""
        return {"type": "error", **self.body()}

"""Hashes of passwords and tokens: what a settings file may hold, for no one can log in with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets

from tallystick.errors import UsageError

# 16 MiB and about 0.1 s for a guess, as OWASP's Password Storage Cheat Sheet asks of scrypt.
_LOG_N, _R, _P, _SALT, _LENGTH = 14, 8, 5, 16, 32
_SCRYPT = re.compile(r"scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9_-]{16,}):([A-Za-z0-9_-]{22,})")
_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")


def password_hash(password: str) -> str:
    """Return a hash of something that people can remember: slow to make, so slow to guess. Each time another one."""
    salt = secrets.token_bytes(_SALT)
    return f"scrypt:{_LOG_N}:{_R}:{_P}:{_text(salt)}:{_text(_scrypt(password, salt, _LOG_N, _R, _P))}"


def token_hash(token: str) -> str:
    """Return a hash of something that no one can guess: fast."""
    return f"sha256:{hashlib.sha256(token.encode(errors='surrogatepass')).hexdigest()}"


def new_token() -> str:
    """Return a token that no one can guess."""
    return secrets.token_urlsafe(32)


def fits(password: str, stored: str) -> bool:
    """Say whether a hash is of this password."""
    match = _SCRYPT.fullmatch(stored)
    if match is None:
        return False
    log_n, r, p = (int(match[group]) for group in (1, 2, 3))
    return hmac.compare_digest(_text(_scrypt(password, _bytes(match[4]), log_n, r, p)), match[5])


def check_hash(stored: str, where: str, *, is_token: bool) -> None:
    """Refuse what can't be a hash: it would never fit, or be the password itself."""
    pattern, option = (_SHA256, "--new-token") if is_token else (_SCRYPT, "--hash-password")
    match = pattern.fullmatch(stored)
    if match is None or (not is_token and not _can_be_made(match)):
        # Not shown: whoever wrote a password here should not find it in a log, too.
        raise UsageError(f"'{where}.hash' is not a hash of ours", fix=f"make one with `tally serve {option}`")


def _can_be_made(match: re.Match[str]) -> bool:
    try:
        _scrypt("", _bytes(match[4]), int(match[1]), int(match[2]), int(match[3]))
    except (ValueError, OverflowError):
        return False
    return True


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    memory = 128 * 2**20
    secret = password.encode(errors="surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=2**log_n, r=r, p=p, dklen=_LENGTH, maxmem=memory)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(text) from error

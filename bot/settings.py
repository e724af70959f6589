# SPDX-License-Identifier: Apache-2.0
"""What the bot must be told from outside.

Sources, the first that knows a name wins: the environment; a file of that name in lower case under /run/secrets or
$AMPARO_HOME/secrets/bot; $AMPARO_HOME/config.env. A name that begins with AMPARO_ and belongs to nobody is an error,
because a misspelt setting would otherwise be ignored without a word.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsError
from storage.database import default_url
from storage.phone.schema import metadata

PREFIX: Final = "AMPARO_"
RUN_SECRETS: Final = Path("/run/secrets")  # where Compose and Kubernetes put secret files

OTHERS: Final = frozenset(
    {
        "AMPARO_DESK_DATABASE_URL",
        "AMPARO_BLOB_URL",
        "AMPARO_LOGIN_PEPPER",
        "AMPARO_MAILBOX_PEPPER",
        "AMPARO_LOG_KEY",
        "AMPARO_DAY_SECRET_DIR",
        "AMPARO_ATTACHMENT_LIMIT",
        "AMPARO_LOGIN_LIMIT",
        "AMPARO_TRUSTED_PROXY",
        "AMPARO_API_PORT",
        "AMPARO_API_HOST",
        "AMPARO_TEST",
        "AMPARO_TEST_CRASH",
    }
)
"""Settings of the other side, and the two that only tests set; the bot does not read the former."""


def _hex(length: int) -> AfterValidator:
    def check(value: SecretStr | str) -> SecretStr | str:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        try:
            right = len(bytes.fromhex(text)) == length
        except ValueError:
            right = False
        if not right:
            raise ValueError(f"{2 * length} hex digits are wanted")
        return value

    return AfterValidator(check)


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
Id = Annotated[str, _hex(16)]


class Settings(BaseSettings):
    """One field a setting: `bot_token` is AMPARO_BOT_TOKEN. Read it with `load`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default=Path("var"), description="where the embedded default keeps everything")
    bot_token: SecretStr = Field(description="Telegram's token for the bot, from BotFather; secret")
    telegram_api_url: Address = Field(
        default="https://api.telegram.org", description="the Bot API server; in the demo the simulator"
    )
    api_url: Address = Field(default="http://127.0.0.1:8020", description="where the desk's API listens")
    intake_token: SecretStr = Field(description="what the bot shows to the API's intake routes; secret, on both sides")
    phone_database_url: SecretStr | None = Field(
        default=None, description="the phone store: postgresql://…; without it a SQLite file under home"
    )
    locker_dir: Path | None = Field(
        default=None,
        description="keys of drafts and messages, by the hour; put it on tmpfs; default: locker under home",
    )
    chat_pepper: Annotated[SecretStr, _hex(32)] = Field(
        description="key of the chat tags in the phone store, 64 hex digits; secret"
    )
    submitter_key: Annotated[SecretStr, _hex(32)] = Field(
        description="seed of the key that signs submissions, 64 hex digits; secret"
    )
    org: Id = Field(description="the organisation's id, 32 hex digits")
    org_name: str = Field(min_length=1, max_length=120, description="the organisation's name, as people read it")
    org_fingerprint: Annotated[str, _hex(32)] = Field(
        description="the organisation key that the manifest must be signed with, 64 hex digits"
    )
    team: Id = Field(description="the team that reports go to, 32 hex digits")
    time_zone: str = Field(
        default="America/Mexico_City", description="in which a day begins and ends for the interview"
    )
    sweep_hours: int = Field(
        default=24, ge=1, le=40, description="hours after which the bot takes messages of both sides out of a chat"
    )
    notice_seconds: int = Field(
        default=60, ge=1, le=3600, description="seconds between two questions to the desk for whom a message waits"
    )
    resources_file: Path | None = Field(
        default=None, description="help contacts that the organisation has checked; default: resources.toml under home"
    )
    served_states: str = Field(
        default="",
        pattern=r"^([A-Z]{2}-[A-Z0-9]{1,3}(, ?|$))*$",
        description="states that must have a help contact, such as MX-CHP,MX-SON: the log warns when one has none",
    )
    webhook_url: Address | None = Field(default=None, description="public address at which Telegram finds the webhook")
    webhook_secret: SecretStr | None = Field(default=None, description="what Telegram shows at the webhook; secret")
    webhook_port: int = Field(default=8021, ge=1, le=65535, description="port of the webhook route")
    webhook_host: str = Field(default="127.0.0.1", description="address the webhook route listens on")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, file_secret_settings, dotenv_settings

    @field_validator("bot_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        number, _, rest = token.get_secret_value().partition(":")
        if not (number.isascii() and number.isdigit() and rest):
            raise ValueError("BotFather gives it as digits, a colon, and more")
        return token

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("a name such as America/Mexico_City is wanted") from None
        return name

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read every source. SettingsError names what is missing, wrong or unknown, and never its value."""
        environ = os.environ if environ is None else environ
        home = Path(environ.get(f"{PREFIX}HOME") or "var")
        config = home / "config.env"
        refuse_unknown(set(environ) | set(dotenv_values(config) if config.exists() else ()))
        folders = [folder for folder in (home / "secrets" / "bot", RUN_SECRETS) if folder.is_dir()]
        places: dict[str, Any] = {"_env_file": config, "_secrets_dir": folders or None}
        try:
            return cls(**places)
        except ValidationError as error:
            raise SettingsError(_words(error)) from None

    @property
    def bot_id(self) -> int:
        """The bot's number, which is the first part of its token."""
        return int(self.bot_token.get_secret_value().partition(":")[0])

    @property
    def database_url(self) -> str:
        if self.phone_database_url is not None:
            return self.phone_database_url.get_secret_value()
        return default_url(self.home, metadata)

    @property
    def locker_folder(self) -> Path:
        return self.locker_dir or self.home / "locker"

    @property
    def resources_path(self) -> Path:
        return self.resources_file or self.home / "resources.toml"

    @property
    def served(self) -> tuple[str, ...]:
        return tuple(state.strip() for state in self.served_states.split(",") if state.strip())

    @property
    def spool_folder(self) -> Path:
        return self.home / "spool"


def resources_path(environ: Mapping[str, str]) -> Path:
    """Where the help contacts lie, for a command that needs no other setting."""
    home = Path(environ.get(f"{PREFIX}HOME") or "var")
    config = home / "config.env"
    kept = dotenv_values(config) if config.exists() else {}
    name = f"{PREFIX}RESOURCES_FILE"
    return Path(environ.get(name) or kept.get(name) or home / "resources.toml")


def known_names() -> frozenset[str]:
    """Every setting of either side, as it stands in the environment."""
    return OTHERS | {PREFIX + name.upper() for name in Settings.model_fields}


def refuse_unknown(names: set[str]) -> None:
    unknown = sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known_names())
    if unknown:
        raise SettingsError(f"nobody reads {', '.join(unknown)}: correct the name or remove it")


def _words(error: ValidationError) -> str:
    faults = (
        f"{PREFIX}{str(fault['loc'][0]).upper() if fault['loc'] else ''} ({fault['msg'].lower()})"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return f"these settings are missing or wrong: {', '.join(faults)}; `amparo init` writes most of them"

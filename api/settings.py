# SPDX-License-Identifier: Apache-2.0
"""Settings of the desk: from the environment, else from secret files, else from config.env in AMPARO_HOME.

Secrets are hex text. A file of secrets is named like its variable in lower case (amparo_login_pepper) and lies in
/run/secrets or in AMPARO_HOME/secrets/api.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretBytes, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from api.errors import SettingsError
from storage.database import default_url
from storage.desk.schema import metadata

PREFIX = "AMPARO_"
RUN_SECRETS = Path("/run/secrets")


def _from_hex(value: object) -> object:
    return bytes.fromhex(value.strip()) if isinstance(value, str) else value


Id = Annotated[bytes, BeforeValidator(_from_hex), Field(min_length=16, max_length=16)]
Digest = Annotated[bytes, BeforeValidator(_from_hex), Field(min_length=32, max_length=32)]
Secret32 = Annotated[SecretBytes, BeforeValidator(_from_hex), Field(min_length=32, max_length=32)]
Secret64 = Annotated[SecretBytes, BeforeValidator(_from_hex), Field(min_length=64, max_length=64)]


class Place(BaseSettings):
    """Where the desk keeps things: all that is known before the key ceremony."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    home: Path = Path("var")
    desk_database_url: str = ""

    @property
    def database_url(self) -> str:
        return self.desk_database_url or default_url(self.home, metadata)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put secret files before config.env, and look for both under AMPARO_HOME as the environment gives it."""
        home = _home(settings_cls, init_settings)
        sources = [init_settings, env_settings]
        # A folder that is not there would be a warning, so it is not named at all.
        folders = [folder for folder in (RUN_SECRETS, home / "secrets" / "api") if folder.is_dir()]
        sources += [SecretsSettingsSource(settings_cls, secrets_dir=folder) for folder in folders]
        return (*sources, DotEnvSettingsSource(settings_cls, env_file=home / "config.env"))


class Settings(Place):
    """Everything the desk is told from outside. Each field is AMPARO_ and its name in capitals."""

    org: Id
    org_name: str
    org_fingerprint: Digest
    intake_token: Secret32
    login_pepper: Secret32
    mailbox_pepper: Secret32
    log_key: Secret64
    blob_url: str = ""
    day_secret_dir: Path | None = None
    api_host: str = "127.0.0.1"
    api_port: Annotated[int, Field(ge=0, le=65535)] = 8020
    attachment_limit: Annotated[int, Field(ge=1024)] = 64 * 1024 * 1024  # bytes of one sealed attachment
    login_limit: Annotated[int, Field(ge=1, le=16)] = 2  # passphrases worked on at once, 64 MiB each
    trusted_proxy: str = ""  # address whose X-Forwarded-For is believed; empty: nobody's

    @property
    def blob_folder(self) -> Path:
        return Path(self.blob_url.removeprefix("file://")) if self.blob_url else self.home / "blobs"

    @property
    def day_secrets(self) -> Path:
        return self.day_secret_dir or self.home / "day"

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:  # noqa: ANN401 - a field's own value
        """Read the settings; SettingsError names what is missing or wrong, and never repeats a value."""
        refuse_misspelt(os.environ if environment is None else environment)
        try:
            return cls(**given)
        except ValidationError as error:
            names = sorted({PREFIX + str(fault["loc"][0]).upper() for fault in error.errors(include_input=False)})
            raise SettingsError(
                f"Missing or not usable: {', '.join(names)}. Run `amparo init`, or set AMPARO_HOME to the folder "
                "where it wrote them."
            ) from None


def _home(settings_cls: type[BaseSettings], given: PydanticBaseSettingsSource) -> Path:
    found = given().get("home") or EnvSettingsSource(settings_cls)().get("home") or "var"
    return Path(str(found))


def refuse_misspelt(environment: Mapping[str, str]) -> None:
    """Stop at a variable that is one slip away from a setting of ours; other processes have variables of their own."""
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    for variable in environment:
        near = difflib.get_close_matches(variable, names, n=1, cutoff=0.93) if variable.startswith(PREFIX) else []
        if near and variable not in names:
            raise SettingsError(f"{variable} is not a setting. If {near[0]} is meant, rename it.")

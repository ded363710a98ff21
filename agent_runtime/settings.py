"""What an operator can set, read from the environment, then a TOML file, then the defaults."""

import os
import re
import tomllib
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from agent_runtime.errors import BadSetting

PREFIX = "TENURE_"
CONFIG_VARIABLE = "TENURE_CONFIG"
# Variables with our prefix that are no settings: where the file is, and where the tests find their real data.
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "TENURE_DATA"})
DEFAULT_FILE = Path("tenure.toml")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def checked_address(value: str) -> str:
    """The address of a service as it may stand in a setting; raises ValueError.

    Without TLS only on this machine or in a private network; never a link-local address, where clouds keep their keys.
    """
    parts = urlsplit(value)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ValueError("write it as https://host/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the key does not belong into the address")
    try:
        address = ip_address(host)
    except ValueError:
        near = host in LOOPBACK or "." not in host
    else:
        near = address.is_loopback or (address.is_private and not address.is_unspecified)
        if address.is_link_local or address.is_multicast:
            raise ValueError("this address is no service of yours")
    if parts.scheme == "http" and not near:
        raise ValueError("http:// is for this machine or a private network; use https://")
    return value


def _sqlite_in_data_dir(values: dict[str, Any]) -> str:
    return f"sqlite:///{values['data_dir'] / 'tenure.db'}" if "data_dir" in values else ""


class MailTokens(BaseModel):
    """How a mail server's access tokens (XOAUTH2) are asked for, in place of passwords.

    `way`: by a person's refresh token, by the app's own secret (client), or by a Google service account's key: this is
    what a sender's password reference leads to then. `client_secret`: env:NAME or file:/path, beside a refresh token.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: Literal["refresh", "client", "service_account"]
    token_address: str = "https://oauth2.googleapis.com/token"
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""


class MailServer(BaseModel):
    """A mail server of the company. Only an operator names hosts, so that nothing is sent anywhere else.

    `files_sent`: the provider itself keeps a copy of what is sent in the folder of sent mail. `tokens`: the provider
    wants access tokens and no passwords.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "plain"] = "starttls"
    imap_host: str | None = None
    imap_port: int = Field(default=993, ge=1, le=65535)
    files_sent: bool = False
    tokens: MailTokens | None = None

    @model_validator(mode="after")
    def _plain_stays_here(self) -> "MailServer":
        hosts = {self.host, self.imap_host or self.host}
        if self.security == "plain" and not hosts <= LOOPBACK:
            raise ValueError('security = "plain" is for a server on this machine; use "starttls" or "ssl"')
        return self


class Hook(BaseModel):
    """How messages of another system become records: where each value of a record stands in the message's JSON.

    A place is a path ("data.email", "items.0.name") or a fixed value ("=contact"). `secret`: where the secret is
    (env:NAME or file:/path); while it is changed over two, with a space between. `stream`: as in a world folder.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: str = Field(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)( (env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+))?$")
    stream: Literal["crm", "emails", "calls", "messages", "meetings", "forms", "usage"]
    records: str = ""
    id: str = ""
    occurred_at: str = ""
    account_id: str = ""
    fields: dict[str, str] = Field(default_factory=dict)


class Settings(BaseSettings):
    """The settings of one installation; made by `load`, or by hand in a test (then nothing else is read)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, validate_default=True
    )

    data_dir: Path = Field(default=Path("var"), description="Folder for everything that Tenure writes")
    database_url: str = Field(
        default_factory=_sqlite_in_data_dir,
        repr=False,
        description="SQLAlchemy address of the database; SQLite in the data folder unless set",
    )
    playbook: str = Field(default="b2b_sales", description="Name of a playbook preset, or path of a TOML file")

    mail_servers: dict[str, MailServer] = Field(
        default_factory=dict, description="Mail servers by name, to which sender profiles refer"
    )

    adapters: tuple[str, ...] = Field(
        default=(), description="Adapters of your own, each module:NAME; nothing else is imported"
    )

    embedder: Literal["minilm", "hashing", "none"] = Field(
        default="minilm", description="What embeds texts on this machine: the model, hashing of words, or nothing"
    )
    embedder_url: str = Field(default="", description="OpenAI-compatible service that embeds instead; texts go there")
    embedder_model: str = Field(default="", description="Model of the embedding service")
    embedder_dimension: int | None = Field(default=None, ge=1, description="Length of that model's vectors")
    embedder_key: str = Field(default="", description="Where its key is: env:NAME or file:/path")

    model_url: str = Field(default="", description="OpenAI-compatible service with a language model; texts go there")
    model_name: str = Field(default="", description="Model of that service")
    model_key: str = Field(default="", description="Where its key is: env:NAME or file:/path")
    model_deadline: float = Field(default=0.9, gt=0, le=60, description="Seconds until the program writes by itself")
    model_price_in: float = Field(default=0.0, ge=0, description="Price of a million tokens that the model reads")
    model_price_out: float = Field(default=0.0, ge=0, description="Price of a million tokens that it writes")
    model_tokens_per_day: int = Field(default=200_000, ge=0, description="Most tokens an account and day")
    model_cost_per_day: float = Field(default=1.0, ge=0, description="Most cost an account and day")
    model_seconds_per_day: int = Field(default=600, ge=0, description="Most seconds of a model an account and day")

    public_url: str = Field(default="", description="Where people reach the pages; links in mails begin with it")

    oidc_issuer: str = Field(default="", description="OpenID provider by which your people sign in; its issuer")
    oidc_client_id: str = Field(default="", description="What this installation is called there")
    oidc_client_secret: str = Field(default="", description="Where its secret there is: env:NAME or file:/path")
    oidc_label: str = Field(default="Sign in with your company account", description="What the button says")
    oidc_user_claim: str = Field(default="email", description="The claim that holds a user's mail address or id")
    oidc_groups_claim: str = Field(default="groups", description="The claim that lists a user's groups")
    oidc_roles: dict[str, Literal["rep", "csm", "manager", "admin", "auditor"]] = Field(
        default_factory=dict, description="The role of a group's members, the first that fits; others stay outside"
    )

    anchor_file: Path | None = Field(
        default=None, description="File outside the data folder for the signed root over the audit"
    )
    audit_sink: str = Field(default="", description="Where audit entries are handed on to: a syslog or https address")
    audit_sink_secret: SecretStr | None = Field(
        default=None, description="Secret (whsec_…) by which a webhook is signed"
    )

    @field_validator("model_url", "oidc_issuer")
    @classmethod
    def _stands_where_it_may(cls, value: str) -> str:
        return checked_address(value) if value else value

    webhooks_private: bool = Field(
        default=False, description="Webhooks may go to hosts inside the house, and over http"
    )
    hooks: dict[str, Hook] = Field(default_factory=dict, description="Signed messages that are taken in, by name")

    @model_validator(mode="after")
    def _a_provider_knows_us(self) -> "Settings":
        if self.oidc_issuer and not (self.oidc_client_id and self.public_url):
            raise ValueError("oidc_issuer needs oidc_client_id, and public_url to come back to")
        return self

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given counts: `load` reads the sources itself, to know where each value came from."""
        return (init_settings,)


class SettingLine(NamedTuple):
    """One line of `tenure config show`; `value` is masked where it is a secret."""

    name: str
    value: str
    origin: str


def load() -> Settings:
    """Reads the settings: TENURE_* variables, else the file (TENURE_CONFIG or ./tenure.toml), else defaults.

    Raises BadSetting, naming the setting and where it stood: an unknown name, a value that cannot be used,
    a file that is missing or is not TOML.
    """
    from_environment = _read_environment()
    path = _config_path()
    from_file = _read_file(path) if path else {}
    origins = dict.fromkeys(from_file, str(path)) | {
        name: f"environment {PREFIX}{name.upper()}" for name in from_environment
    }
    try:
        settings = Settings(**(from_file | from_environment))
    except ValidationError as error:
        raise _explained(error, origins) from None
    settings._origins = origins
    return settings


def describe(settings: Settings) -> list[SettingLine]:
    """Each setting with its masked value and where it came from, in the order in which they are defined."""
    return [
        SettingLine(name, _shown(getattr(settings, name)), _origin(settings, name)) for name in Settings.model_fields
    ]


def _read_environment() -> dict[str, Any]:
    for variable in os.environ:
        name = variable.upper()
        if name.startswith(PREFIX) and name not in OTHER_VARIABLES:
            _refuse_unknown(name.removeprefix(PREFIX).lower(), f"environment variable {variable}")
    return EnvSettingsSource(Settings)()


def _config_path() -> Path | None:
    if named := os.environ.get(CONFIG_VARIABLE):
        if not Path(named).is_file():
            raise BadSetting(
                f"{CONFIG_VARIABLE} names {named}, which is not a file.", fix="Correct the path, or unset it."
            )
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} is not valid TOML: {error}.", fix="Mend that place in the file.") from None
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.", fix="Give it read permission.") from None
    for name in values:
        _refuse_unknown(name, str(path))
    return values


def _refuse_unknown(name: str, place: str) -> None:
    if name in Settings.model_fields:
        return
    near = get_close_matches(name, Settings.model_fields, n=1)
    known = ", ".join(Settings.model_fields)
    fix = f"Did you mean {near[0]}?" if near else f"The settings are: {known}."
    raise BadSetting(f"{name} ({place}) is not a setting.", fix=fix)


def _explained(error: ValidationError, origins: dict[str, str]) -> BadSetting:
    # The value itself is left out: it may be a secret.
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    place = origins.get(name, "default")
    return BadSetting(f"{name} ({place}) cannot be used: {first['msg']}.", fix="Correct or remove it.")


def _shown(value: object) -> str:
    # A database address carries its password between the user's name and the host.
    return re.sub(r"(://[^:/@]*:).*(?=@)", r"\1********", str(value))


def _origin(settings: Settings, name: str) -> str:
    if name in settings._origins:
        return settings._origins[name]
    return "given" if name in settings.model_fields_set else "default"

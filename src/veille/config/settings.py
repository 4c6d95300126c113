"""Settings: environment over `veille.toml` over defaults, frozen, secrets redacted.

Each setting is declared once, here: name, type, default, bounds, environment variable, whether it is secret, and its
French help, which `docs/reference/reglages.md` prints and a test compares.
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from veille.config.absence import Away
from veille.config.brand import Brand
from veille.config.channels import CHANNEL_NAME, Channel, channels_in
from veille.config.mail_accounts import ACCOUNT_NAME, MailAccount, accounts_in
from veille.config.members_settings import Members
from veille.config.pace import Pace
from veille.config.problems import locate_in_toml, nearest, read_text, refuse
from veille.config.returns_settings import Returns
from veille.errors import ConfigError
from veille.holidays import BY_ZONE, CALENDARS, METROPOLE

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Cluster(_Table):
    """Who sends."""

    id: str = Field("cluster", pattern=r"^[a-z0-9-]{1,64}$", description="identifiant court, jamais changé ensuite")
    name: str = Field("Mon cluster", min_length=1, max_length=120, description="nom affiché dans le bulletin")
    timezone: str = Field("Europe/Paris", description="fuseau des semaines, des échéances et des heures affichées")
    holidays: str = Field(
        "auto",
        description="jours fériés où rien ne part : auto (d'après le fuseau), metropole, alsace-moselle, guadeloupe, "
        "guyane, martinique, mayotte, reunion, saint-barthelemy, saint-martin ou aucun",
    )
    postal_address: str = Field("", description="adresse postale imprimée au pied de chaque bulletin")
    contact: str = Field("", description="adresse électronique à qui répondre, et contact donné aux sites relevés")
    editors: tuple[str, ...] = Field(
        (), description="adresses de l'équipe, les seules (avec contact) à qui « veille digest test » envoie un essai"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("fuseau inconnu ; exemples : Europe/Paris, Indian/Reunion") from error
        return value

    @field_validator("holidays")
    @classmethod
    def _known_holidays(cls, value: str) -> str:
        if value not in ("auto", *CALENDARS):
            raise ValueError(f"calendrier inconnu ; connus : auto, {', '.join(CALENDARS)}")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.timezone)

    @property
    def calendar(self) -> str:
        """The calendar of public holidays, one of `holidays.CALENDARS`."""
        return BY_ZONE.get(self.timezone, METROPOLE) if self.holidays == "auto" else self.holidays


class Site(_Table):
    """Where member links point."""

    url: str = Field(
        "https://veille.invalid",
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="adresse publique des liens des membres (désinscription, préférences)",
    )
    count_links: bool = Field(
        default=False,
        description="true = les liens des articles passent par notre compteur, qui compte par jour et par article, "
        "jamais par personne ; false = liens directs",
    )
    archive: bool = Field(
        default=False,
        description="true = les éditions parties se lisent sous /archives/ (pages, RSS, agenda), sans rien de privé",
    )


class Fetch(_Table):
    """How sources are asked."""

    allow: tuple[Network, ...] = Field(
        (),
        description="réseaux exemptés de la garde contre les adresses privées et les ports rares",
        json_schema_extra={"env": "VEILLE_FETCH_ALLOW"},
    )
    allow_folders: tuple[Path, ...] = Field(
        (),
        description="dossiers où les sources « kind: file » peuvent lire des tableaux ; un chemin relatif part de"
        " l'instance ; vide = aucun",
    )
    host_delay: float = Field(
        1.0,
        ge=0,
        le=60,
        allow_inf_nan=False,
        description="secondes entre deux débuts de requête sur un même hôte (une seule à la fois)",
        json_schema_extra={"env": "VEILLE_FETCH_HOST_DELAY"},
    )
    concurrency: int = Field(20, ge=1, le=200, description="hôtes relevés en même temps")
    deadline: float = Field(
        20.0, ge=1, le=120, allow_inf_nan=False, description="secondes en tout pour une requête, redirections comprises"
    )
    max_bytes: int = Field(15_000_000, ge=10_000, le=200_000_000, description="octets au plus, après décompression")
    details_per_host: int = Field(
        30, ge=1, le=500, description="pages de détail et documents demandés à un hôte par passage, au plus"
    )
    respect_robots_for_feeds: bool = Field(
        default=False,
        description="true = le robots.txt d'un site lie aussi les flux que vous avez configurés (il est toujours lu, "
        "montré dans la santé des sources, et lie pages et plans de site)",
    )


class Mail(_Table):
    """How bulletins leave."""

    url: SecretStr = Field(
        SecretStr("file:var/mail"),
        description="« file:DOSSIER » (fichiers .eml), « maildir:DOSSIER » ou « smtp://[nom:mot-de-passe@]hôte:port », "
        "« smtps:// », « smtp+starttls:// »",
        json_schema_extra={"env": "VEILLE_MAIL_URL"},
    )
    sender: str = Field("veille@veille.invalid", description="adresse de l'expéditeur (From)")
    reply_to: str = Field("", description="adresse des réponses ; vide = cluster.contact")
    return_path: str = Field(
        "",
        description="boîte des retours, une adresse par destinataire : « retours@pole.fr » devient "
        "« retours+…@pole.fr » (sous-adressage) ; vide = l'expéditeur",
    )
    bounces: str = Field(
        "",
        description="boîte où arrivent les retours : Maildir (ou mbox), ou « imaps://nom@serveur/Dossier » (compte "
        "« retours ») ; lue à chaque « veille run », jamais modifiée",
    )
    dkim_key: Path | None = Field(
        None,
        description="clé privée RSA qui signe les messages (PEM, au moins 2048 bits) ; « veille mail key » en fait une",
        json_schema_extra={"env": "VEILLE_MAIL_DKIM_KEY"},
    )
    dkim_selector: str = Field("veille", description="sélecteur DKIM : « veille » se publie sous veille._domainkey")
    dkim_ed25519_key: Path | None = Field(
        None,
        description="clé privée Ed25519 d'une seconde signature (PEM)",
        json_schema_extra={"env": "VEILLE_MAIL_DKIM_ED25519_KEY"},
    )
    dkim_ed25519_selector: str = Field("veille-ed", description="son sélecteur")
    account: str = Field(
        "",
        description="compte de [mailboxes] dont le jeton d'accès ouvre aussi le relais (XOAUTH2), au lieu d'un mot de"
        " passe dans url",
    )
    accept_log: Path | None = Field(
        None,
        description="journal où le relais écrit les Message-ID acceptés, lu pour lever un doute après une coupure",
        json_schema_extra={"env": "VEILLE_MAIL_ACCEPT_LOG"},
    )


class Settings(_Table):
    """Everything an instance is told, resolved."""

    home: Path = Field(Path(), description="dossier de l'instance")
    database_url: SecretStr = Field(
        SecretStr(""),
        description="vide = var/veille.sqlite dans l'instance ; ou postgresql+psycopg://…",
        json_schema_extra={"env": "VEILLE_DATABASE_URL"},
    )
    cluster: Cluster = Cluster()
    absence: Away = Away()
    brand: Brand = Brand()
    site: Site = Site()
    fetch: Fetch = Fetch()
    mailboxes: dict[Annotated[str, Field(pattern=ACCOUNT_NAME)], MailAccount] = Field(
        {}, description="boîtes où arrivent des lettres d'information, par nom (voir « kind: mailbox »)"
    )
    mail: Mail = Mail()
    pace: Pace = Pace()
    members: Members = Members()
    returns: Returns = Returns()
    channels: dict[Annotated[str, Field(pattern=CHANNEL_NAME)], Channel] = Field(
        {}, description="canaux prévenus d'une édition partie, par nom"
    )

    @property
    def var(self) -> Path:
        """Run-time folder: database, caches, mails; git-ignored."""
        return self.home / "var"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL, absolute for SQLite. Secret: never print it, see `redacted`."""
        url = self.database_url.get_secret_value()
        if not url:
            return f"sqlite:///{(self.var / 'veille.sqlite').absolute()}"
        if url.startswith("postgresql://"):
            return "postgresql+psycopg://" + url.removeprefix("postgresql://")
        return url

    def redacted(self) -> dict[str, Any]:
        """Return the settings as plain data with secrets masked."""
        plain: dict[str, Any] = self.model_dump(mode="json")
        return plain


Env = Annotated[Mapping[str, str], "environment variables"]


def load_settings(home: Path, env: Env | None = None) -> Settings:
    """Read `home/veille.toml` (optional) under the environment; raises ConfigError with file, line, key and cure."""
    environment = os.environ if env is None else env
    path = home / "veille.toml"
    raw: dict[str, Any] = {}
    text = ""
    if path.exists():
        text = read_text(path)
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"TOML illisible : {error}", file=path, cure="corrigez cette ligne (guillemets, crochets, signe =)"
            ) from error
    from_env = _overlay(raw, environment)
    raw["home"] = home
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise refuse(error, Settings, path, lambda keys: locate_in_toml(text, keys), from_env) from error


def settings_with_env() -> dict[str, tuple[str, str]]:
    """Return environment variable → (table, key) for each setting that has one."""
    found: dict[str, tuple[str, str]] = {}
    for table, field in Settings.model_fields.items():
        kind = field.annotation
        inner = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {"": field}
        for key, declared in inner.items():
            extra = declared.json_schema_extra
            if isinstance(extra, dict) and "env" in extra:
                found[str(extra["env"])] = (table, key)
    return found


def _overlay(raw: dict[str, Any], env: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put environment values over the file's; return which keys came from which variable."""
    origin: dict[tuple[str, ...], str] = {}
    for table, named in (("mailboxes", accounts_in(env)), ("channels", channels_in(env))):
        for name, told in named.items():
            tables = raw.setdefault(table, {})
            if isinstance(tables, dict) and isinstance(one := tables.setdefault(name, {}), dict):
                one.update(told)
    for name, (table, key) in settings_with_env().items():
        if name not in env:
            continue
        value: Any = env[name]
        if key == "allow":
            value = [part.strip() for part in value.split(",") if part.strip()]
        if key:
            section = raw.setdefault(table, {})
            if not isinstance(section, dict):
                continue  # the file's own mistake is reported by validation
            section[key] = value
            origin[table, key] = name
        else:
            raw[table] = value
            origin[table,] = name
    return origin


__all__ = ["Cluster", "Fetch", "Mail", "Settings", "Site", "load_settings", "nearest", "settings_with_env"]

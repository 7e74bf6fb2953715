class TextError(Exception):
    """Whatever this room raises on purpose."""

    code = "i18n.failed"
    retryable = False


class MissingText(TextError):
    """A text, or an argument that it needs, is not there; raised in strict mode only.

    Attributes:
        key: the key asked for.
        argument: the placeholder without a fitting value, or "" when the text itself is missing.
    """

    code = "i18n.missing_text"

    def __init__(self, key: str, argument: str = "") -> None:
        super().__init__(f"no text {key!r}" if not argument else f"text {key!r}: argument {argument!r}")
        self.key = key
        self.argument = argument


class DamagedCatalogue(TextError):
    """A catalogue of texts cannot be read: not TOML, a value that is no text, an unknown placeholder."""

    code = "i18n.damaged_catalogue"

    def __init__(self, language: str, key: str = "") -> None:
        super().__init__(f"catalogue {language!r} is damaged at {key!r}")
        self.language = language
        self.key = key

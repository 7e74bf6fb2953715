class PaperError(Exception):
    """Whatever this room raises on purpose."""

    code = "papers.failed"
    retryable = False


class NotPrintable(PaperError):
    """A template could not be turned into a page. What was to stand on it is kept out of this error.

    Attributes:
        template: the template's name.
    """

    code = "papers.not_printable"

    def __init__(self, template: str) -> None:
        super().__init__(f"template {template!r} gave no page")
        self.template = template


class TooMuch(PaperError):
    """More than fits a page of this kind: too many rows, or texts too long.

    Attributes:
        template: the template's name.
    """

    code = "papers.too_much"

    def __init__(self, template: str) -> None:
        super().__init__(f"too much for template {template!r}")
        self.template = template


class NoOfficialCode(PaperError):
    """Form 01 was asked for before the platform gave the dossier's official code."""

    code = "papers.no_official_code"

    def __init__(self) -> None:
        super().__init__("form 01 needs the official dossier code")


class NoSuchForm(PaperError):
    """This edition of the program has no template for the official form that was asked for."""

    code = "papers.no_such_form"

    def __init__(self) -> None:
        super().__init__("no template for this official form")

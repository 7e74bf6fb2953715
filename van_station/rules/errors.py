class RuleError(Exception):
    """Whatever the rules refuse on purpose.

    Attributes:
        code: the entry in the catalogue of codes; a class sets its own, an instance may narrow it.
        retryable: whether the same call may succeed later without a change of its input.
        details: facts for the face that turns the code into a sentence; never personal data.
    """

    code = "rules.refused"
    retryable = False

    def __init__(self, text: str = "", *, code: str | None = None, **details: str | int) -> None:
        super().__init__(text or code or self.code)
        if code is not None:
            self.code = code
        self.details: dict[str, str | int] = details


class CardUnreadable(RuleError):
    """The text is no identity card, or a damaged one: scan again.

    Codes: `card.not_a_card`, `card.torn`, `card.too_long`, `card.letters_broken`.
    """

    code = "card.not_a_card"
    retryable = True


class MrzUnreadable(RuleError):
    """The typed or scanned machine-readable zone does not fit: read it again.

    Codes: `mrz.not_td1`, `mrz.check_digit` (with `place`), `mrz.number_wrong`.
    """

    code = "mrz.not_td1"
    retryable = True


class NotAllowed(RuleError):
    """This act isn't possible in this state (ticket or dossier)."""

    code = "state.not_allowed"


class BlockSpent(RuleError):
    """The leased block of queue numbers has none left: lease another."""

    code = "queue.block_spent"


class CatalogueRefused(RuleError):
    """A procedure folder does not say what it must; `details["place"]` is a JSON pointer to the fault."""

    code = "catalogue.refused"


class FormRefused(RuleError):
    """A form's schema or layout can't be used; `details["place"]` is a JSON pointer to the fault."""

    code = "form.refused"


class AnswerRefused(RuleError):
    """An answer does not belong to the form or is beyond its bounds; `details["pointer"]` says where.

    Codes: `form.no_such_field`, `form.too_large`, `form.too_many_items`, `form.too_few_items`.
    """

    code = "form.no_such_field"


class QrRefused(RuleError):
    """A payment QR that we must not make or must not trust.

    Codes: `qr.broken`, `qr.bad_checksum`, `qr.foreign`, `qr.bad_field`.
    """

    code = "qr.broken"


class NoFeeKnown(RuleError):
    """The catalogue holds no fee for this channel and day: an officer must look it up."""

    code = "fee.unknown"


class NoTimeLimit(RuleError):
    """The catalogue holds no processing time for this procedure: no date may be promised."""

    code = "due.unknown"


class Unbalanced(RuleError):
    """The day's figures do not add up: captured differs from acknowledged + pending + voided."""

    code = "tally.unbalanced"

"""Everything this room raises on purpose. No message ever carries a key, a login or a passphrase."""


class SecurityError(Exception):
    """Whatever this room raises on purpose.

    Attributes:
        code: stable name of what went wrong; faces turn it into a sentence.
        retryable: the same act may succeed when tried again.
    """

    code = "security.failed"
    retryable = False


class SignInRefused(SecurityError):
    """Unknown login or wrong passphrase; which of the two is not told."""

    code = "security.sign_in_refused"
    retryable = True


class KeyringMissing(SecurityError):
    """This folder holds no keyring: the machine is not set up."""

    code = "security.keyring_missing"


class KeyringExists(SecurityError):
    """A keyring is there already; a second one would orphan the store."""

    code = "security.keyring_exists"


class KeyringDamaged(SecurityError):
    """Keyring or device secret cannot be read; only the recovery key or a backup helps."""

    code = "security.keyring_damaged"


class SlotRefused(SecurityError):
    """The slot cannot be added or removed: unknown login, last slot, or keys of another machine."""

    code = "security.slot_refused"


class KeyRefused(SecurityError):
    """A key is not of the expected kind or length."""

    code = "security.key_refused"


class DamagedFile(SecurityError):
    """A sealed file does not open: cut, changed, sealed for another context, or another key."""

    code = "security.damaged_file"


class WrongChipKey(SecurityError):
    """The chip does not accept what was read or typed from the card: another card, or a misread character."""

    code = "chip.wrong_key"
    retryable = True


class ChipLocked(SecurityError):
    """The chip refuses this password altogether: too many wrong ones, or blocked by its issuer."""

    code = "chip.locked"


class BrokenChipAnswer(SecurityError):
    """The chip's answer is not what the standard says: cut, out of bounds, or its seal does not fit."""

    code = "chip.unreadable"
    retryable = True


class ChipNotSupported(SecurityError):
    """No way into this chip that we know: another kind of card, or another protocol."""

    code = "chip.not_supported"


class ChipDataAltered(SecurityError):
    """What the chip holds does not fit its issuer's signature: do not trust it."""

    code = "chip.altered"

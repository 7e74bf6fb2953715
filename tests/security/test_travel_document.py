"""The chip's protocols against the worked examples of ICAO Doc 9303 part 11, appendices D (BAC) and G.1 (PACE)."""

from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.security.scripted_chip import Scripted
from van_station.security.chip_ciphers import (
    AesCipher,
    KeyUse,
    TripleDesCipher,
    decrypted_nonce,
    derived_key,
    padded,
    unpadded,
)
from van_station.security.chip_commands import Command
from van_station.security.errors import (
    BrokenChipAnswer,
    ChipLocked,
    ChipNotSupported,
    KeyRefused,
    WrongChipKey,
)
from van_station.security.secure_messaging import SecureSession
from van_station.security.travel_document import ChipPassword, PasswordKind, open_by_bac

D_MRZ = "L898902C<369080619406236"
D_ENC, D_MAC = "AB94FDECF2674FDFB9B391F85D7F76F2", "7962D9ECE03D1ACD4C76089DCE131543"
D_RANDOM = {8: "781723860C06C226", 16: "0B795240CB7049B01C19B33E32804F0B"}
D_PROOF = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
D_ANSWER = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
D_BAC = [("0084000008", "4608F919887022129000"), (f"0082000028{D_PROOF}28", f"{D_ANSWER}9000")]
D_READING = [
    ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
    ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
    (
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
    ),
]

G_KEY = "89DED1B26624EC1E634C1989302849DD"
G_OFFER = "31143012060A04007F0007020204020202010202010D"
G_SECRET = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"
G_SCALARS = (
    "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
    "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
)
G_IC_MAP = "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"
G_IFD_MAP = "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"
G_IC_DH = "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"
G_IFD_DH = "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"
G_PACE = [
    ("0022C1A40F800A04007F00070202040202830101", "9000"),
    ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
    (f"10860000457C438141{G_IFD_MAP}00", f"7C438241{G_IC_MAP}9000"),
    (f"10860000457C438341{G_IFD_DH}00", f"7C438441{G_IC_DH}9000"),
    ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
]


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def even(key: bytes) -> bytes:
    """DES ignores the lowest bit of each byte; the standard prints keys with it set for odd parity."""
    return bytes(each & 0xFE for each in key)


def bac(script: list[tuple[str, str]] = D_BAC, mrz: str = D_MRZ) -> SecureSession:
    return open_by_bac(Scripted(script), ChipPassword.of_mrz(mrz), random=lambda size: octets(D_RANDOM[size]))


def icao_keys():
    scalars = iter(G_SCALARS)
    return lambda curve: ec.derive_private_key(int(next(scalars), 16), curve)


def pace(script: list[tuple[str, str]] = G_PACE, password: ChipPassword | None = None, offer: str = G_OFFER):
    pace_module = pytest.importorskip("van_station.security.pace", reason="the extra `card` is not installed")
    offered = pace_module.pace_offers(octets(offer))[0]
    return pace_module.open_by_pace(
        Scripted(script),
        password or ChipPassword.of_mrz("T22000129364081251010318"),
        offered,
        new_key=icao_keys(),
    )


def test_bac_keys_are_those_of_appendix_d():
    seed = octets("239AB9CB282DAF66231DC5A4DF6BFBAE")
    assert even(derived_key(seed, KeyUse.ENCRYPT, 16)) == even(octets(D_ENC))
    assert even(derived_key(seed, KeyUse.AUTHENTICATE, 16)) == even(octets(D_MAC))


def test_3des_and_the_retail_mac_are_those_of_appendix_d():
    cipher = TripleDesCipher(octets(D_ENC), octets(D_MAC))
    said = octets(f"{D_RANDOM[8]}4608F91988702212{D_RANDOM[16]}")
    sealed = cipher.encrypt(said, b"")
    assert (sealed + cipher.mac(sealed)).hex().upper() == D_PROOF
    assert cipher.decrypt(sealed, b"") == said


def test_bac_and_three_protected_commands_are_those_of_appendix_d():
    chip = Scripted(D_BAC + D_READING)
    session = open_by_bac(chip, ChipPassword.of_mrz(D_MRZ), random=lambda size: octets(D_RANDOM[size]))
    commands = [
        Command(0, 0xA4, 2, 0x0C, octets("011E")),
        Command(0, 0xB0, 0, 0, expected=4),
        Command(0, 0xB0, 0, 4, expected=0x12),
    ]
    replies = [session.unwrap(chip(session.wrap(each))) for each in commands]
    assert [reply.data.hex().upper() for reply in replies] == [
        "",
        "60145F01",
        "04303130365F36063034303030305C026175",
    ]
    assert {reply.status for reply in replies} == {0x9000}
    assert chip.is_over


def test_pace_keys_are_those_of_appendix_g():
    key = ChipPassword.of_mrz("T22000129364081251010318").pace_key(16)
    assert key.hex().upper() == G_KEY
    nonce = decrypted_nonce(key, octets("95A3A016522EE98D01E76CB6B98B42C3"))
    assert nonce.hex().upper() == "3F00C4D39D153F2B2A214A078D899B22"
    secret = octets(G_SECRET)
    assert derived_key(secret, KeyUse.ENCRYPT, 16).hex().upper() == "F5F0E35C0D7161EE6724EE513A0D9A7F"
    assert derived_key(secret, KeyUse.AUTHENTICATE, 16).hex().upper() == "FE251C7858B356B24514B3BD5F4297D1"


def test_longer_keys_come_from_the_longer_digest():
    assert len(derived_key(b"secret", KeyUse.ENCRYPT, 32)) == 32
    assert derived_key(b"secret", KeyUse.ENCRYPT, 32)[:24] == derived_key(b"secret", KeyUse.ENCRYPT, 24)


def test_the_whole_of_pace_is_appendix_g_byte_for_byte():
    session = pace()
    first = session.wrap(Command(0, 0xA4, 4, 0x0C, octets("A0000002471001")))
    # Under the session keys of the example, counted from zero; made by another implementation.
    assert first.hex().upper() == "0CA4040C1D871101752F676B09FAC86A87D632749A49C7CC8E08C18BA1FCE707BD9F00"
    assert session.unwrap(octets("990290008E08BEA7B381C494A0799000")).is_done


def test_the_curve_is_named_where_the_chip_offers_two():
    two = "31283012060A04007F0007020204020202010202010C3012060A04007F0007020204020202010202010D"
    script = [("0022C1A412800A04007F0007020204020283010184010D", "9000"), *G_PACE[1:]]
    assert pace(script, offer=two)


@pytest.mark.parametrize(
    ("at", "answer", "fault"),
    [
        (0, "6A88", ChipNotSupported),
        (0, "6983", ChipLocked),
        (1, "6982", ChipNotSupported),
        (1, "7C0280009000", BrokenChipAnswer),
        (2, f"7C438241{G_IC_MAP[:-2]}559000", BrokenChipAnswer),
        (2, f"7C238221{G_IC_MAP[:66]}9000", BrokenChipAnswer),
        (3, f"7C438441{G_IFD_DH}9000", BrokenChipAnswer),
        (4, "6300", WrongChipKey),
        (4, "63C0", ChipLocked),
        (4, "7C0A86083ABB9674BCE93C099000", WrongChipKey),
        (4, "7C009000", BrokenChipAnswer),
    ],
)
def test_pace_stops_where_the_chip_does_not_follow(at, answer, fault):
    script = [*G_PACE[:at], (G_PACE[at][0], answer)]
    with pytest.raises(fault):
        pace(script)


def test_a_protocol_we_cannot_speak_is_no_offer():
    pace_module = pytest.importorskip("van_station.security.pace", reason="the extra `card` is not installed")
    classic = "3012060A04007F00070202040102020102020100"
    integrated = "3012060A04007F0007020204040202010202010D"
    small = "3012060A04007F0007020204020202010202010A"
    data = octets(classic + integrated + small)
    assert pace_module.pace_offers(b"\x31" + bytes([len(data)]) + data) == ()


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ([("0084000008", "6D00")], ChipNotSupported),
        ([("0084000008", "46089000")], BrokenChipAnswer),
        ([D_BAC[0], (D_BAC[1][0], "6300")], WrongChipKey),
        ([D_BAC[0], (D_BAC[1][0], "6983")], ChipLocked),
        ([D_BAC[0], (D_BAC[1][0], "6F12")], BrokenChipAnswer),
        ([D_BAC[0], (D_BAC[1][0], f"{D_ANSWER[:-2]}509000")], WrongChipKey),
        ([D_BAC[0], (D_BAC[1][0], f"{D_PROOF}9000")], BrokenChipAnswer),
    ],
)
def test_bac_stops_where_the_chip_does_not_follow(script, fault):
    with pytest.raises(fault):
        bac(script)


@pytest.mark.parametrize("said", [f"{'00' * 8}{D_RANDOM[8]}", f"4608F91988702212{'00' * 8}"])
def test_a_proof_of_another_conversation_is_refused(said):
    cipher = TripleDesCipher(octets(D_ENC), octets(D_MAC))
    sealed = cipher.encrypt(octets(said) + bytes(16), b"")
    answer = (sealed + cipher.mac(sealed)).hex() + "9000"
    with pytest.raises(BrokenChipAnswer):
        bac([D_BAC[0], (D_BAC[1][0], answer)])


@pytest.mark.parametrize(
    "reply",
    [
        "9000",
        "990290008E08FA855A5D4C50A8EE9000",
        "990290008E08FA855A5D4C50A8ED6982",
        "990290009000",
        "8E08FA855A5D4C50A8ED9000",
        "990290008E08FA855A5D4C50A8ED99009000",
        "87",
    ],
)
def test_a_reply_without_its_right_seal_ends_the_session(reply):
    session = bac()
    session.wrap(Command(0, 0xA4, 2, 0x0C, octets("011E")))
    with pytest.raises(BrokenChipAnswer):
        session.unwrap(octets(reply))
    if reply != "87":
        with pytest.raises(BrokenChipAnswer):
            session.wrap(Command(0, 0xB0, 0, 0, expected=4))


def test_a_reply_repeated_is_refused():
    session = bac()
    session.wrap(Command(0, 0xA4, 2, 0x0C, octets("011E")))
    session.unwrap(octets(D_READING[0][1]))
    session.wrap(Command(0, 0xB0, 0, 0, expected=4))
    with pytest.raises(BrokenChipAnswer):
        session.unwrap(octets(D_READING[0][1]))


def test_an_error_in_the_open_is_passed_on_and_ends_the_session():
    session = bac()
    session.wrap(Command(0, 0xA4, 2, 0x0C, octets("011E")))
    assert session.unwrap(octets("6988")).status == 0x6988
    with pytest.raises(BrokenChipAnswer):
        session.wrap(Command(0, 0xB0, 0, 0, expected=4))


@pytest.mark.parametrize("text", ["", "L898902C<36908061940623", D_MRZ + "1", D_MRZ.lower(), "Ⅷ" * 24])
def test_what_is_no_mrz_is_no_password(text):
    with pytest.raises(KeyRefused):
        ChipPassword.of_mrz(text)


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_what_is_no_access_number_is_no_password(text):
    with pytest.raises(KeyRefused):
        ChipPassword.of_can(text)


def test_bac_knows_no_access_number():
    password = ChipPassword.of_can("123456")
    assert password.kind is PasswordKind.CAN
    with pytest.raises(KeyRefused):
        open_by_bac(Scripted([]), password)


def test_secrets_show_nowhere_and_are_not_copied():
    session, password = bac(), ChipPassword.of_mrz(D_MRZ)
    for each in (session, password, AesCipher(bytes(16), bytes(16)), TripleDesCipher(bytes(16), bytes(16))):
        assert not any(character.isdigit() for character in repr(each).replace("0x", ""))
    for each in (session, password):
        with pytest.raises(TypeError):
            pickle.dumps(each)
        with pytest.raises(TypeError):
            copy.copy(each)


def test_padding_comes_off_as_it_went_on():
    for size in range(40):
        data = bytes([0x80] * size)
        assert unpadded(padded(data, 16)) == data
        assert len(padded(data, 16)) % 16 == 0
    with pytest.raises(BrokenChipAnswer):
        unpadded(bytes(16))

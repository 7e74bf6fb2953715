"""Which letters can be a Vietnamese syllable (âm tiết): tells Vietnamese from text read with a wrong table.

Source: the spelling taught in schools (chữ quốc ngữ): an optional first consonant, a rhyme, one of six tones;
a rhyme that ends in c, ch, p or t carries only sắc or nặng; a closing half vowel never carries the tone.
"""

import unicodedata

_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0303": "ngã", "\u0309": "hỏi", "\u0323": "nặng"}
_STOPPED = frozenset({"sắc", "nặng"})
_ONSETS = ("ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", *"bcdđghklmnprstvx", "")
_SPELLED = """
a ai ao au ay am an ang anh ac ach ap at ăm ăn ăng ăc ăp ăt âm ân âng âc âp ât âu ây e em en eng ec ep et
eo ê êm ên ênh êch êp êt êu êng i ia im in inh ich ip it iu iêm iên iêng iêc iêp iêt iêu o oi om on ong oc
op ot oa oai oao oan oang oanh oac oach oat oap oay oam oăm oăn oăng oăc oăt oe oen oeo oet ooc oong ô ôi
ôm ôn ông ôc ôp ôt ơ ơi ơm ơn ơng ơp ơt u ua ui um un ung uc up ut uy uya uych uyên uyêt uynh uyn uyt uyu
uyp uê uênh uêch uên uân uâng uât uây uơ uôi uôm uôn uông uôc uôt uan uang uai uat ư ưa ưi ưm ưn ưng ưc ưt
ưu ươi ươm ươn ương ươc ươp ươt ươu y yêm yên yêng yêt yêu ynh yt
"""
_RHYMES = frozenset(_SPELLED.split())
_WHOLE = frozenset({"gi", "gin", "giêng", "giêt", "quôc"})
MAX_SYLLABLE = 8


def is_syllable(word: str) -> bool:
    """Tell whether `word` can be one Vietnamese syllable, in any case; a capital inside a word is none."""
    if not word or len(word) > MAX_SYLLABLE or not (word.islower() or word.isupper() or word.istitle()):
        return False
    letters, tones, toned_at = _without_tones(word)
    if len(tones) > 1:
        return False
    if letters.endswith(("c", "ch", "p", "t")) and (not tones or tones[0] not in _STOPPED):
        return False
    toned_last = bool(tones) and toned_at == len(letters) - 1
    return letters in _WHOLE or any(
        letters.startswith(onset) and _is_rhyme(letters[len(onset) :], toned_last=toned_last)
        for onset in _ONSETS
    )


def _is_rhyme(rhyme: str, *, toned_last: bool) -> bool:
    glides = len(rhyme) > 1 and rhyme[-1] in "iouy" and rhyme != "uy"
    return rhyme in _RHYMES and not (toned_last and glides)


def _without_tones(word: str) -> tuple[str, list[str], int]:
    """Return the letters, the tones, and which letter carries the last of them."""
    marks = unicodedata.normalize("NFD", unicodedata.normalize("NFC", word).lower())
    tones: list[str] = []
    kept = ""
    toned_at = -1
    for mark in marks:
        if mark in _TONES:
            tones.append(_TONES[mark])
            toned_at = len(unicodedata.normalize("NFC", kept)) - 1
        else:
            kept += mark
    return unicodedata.normalize("NFC", kept), tones, toned_at

"""Every rule a finding can name. A code, once given, keeps its meaning for ever."""

from flashgen.diagnostics import Rule, Severity

E, W = Severity.ERROR, Severity.WARNING

# Files and YAML
YAML_SYNTAX = Rule("FG001", "yaml-syntax", E)
DUPLICATE_KEY = Rule("FG002", "duplicate-key", E)
NOT_UTF8 = Rule("FG003", "not-utf8", E)
UNKNOWN_KIND = Rule("FG004", "unknown-kind", E)
CONTROL_CHARACTER = Rule("FG005", "control-character", E)
YAML_ALIAS = Rule("FG006", "yaml-alias", E)
YAML_TAG = Rule("FG007", "yaml-tag", E)
WRONG_SHAPE = Rule("FG008", "wrong-shape", E)
UNREADABLE_FILE = Rule("FG009", "unreadable-file", E)
MISSING_DECK = Rule("FG010", "missing-deck", E)
EMPTY_PROJECT = Rule("FG011", "empty-project", E)
STRAY_FILE = Rule("FG012", "stray-file", W)
BAD_SETTING = Rule("FG013", "bad-setting", E)

# Properties
MISSING_PROPERTY = Rule("FG101", "missing-property", E)
WRONG_TYPE = Rule("FG102", "wrong-type", E)
BAD_CHOICE = Rule("FG103", "bad-choice", E)
UNKNOWN_PROPERTY = Rule("FG104", "unknown-property", E)
TOO_LONG = Rule("FG105", "too-long", E)
EMPTY_VALUE = Rule("FG106", "empty-value", E)
MISSING_LANGUAGE = Rule("FG107", "missing-language", E)
UNKNOWN_LANGUAGE = Rule("FG108", "unknown-language", E)
UNTRANSLATED_EXTRA = Rule("FG109", "untranslated-extra", W)
UNUSED_ALLOW = Rule("FG110", "unused-allow", W)
UNKNOWN_RULE = Rule("FG111", "unknown-rule", E)
TOO_FEW = Rule("FG112", "too-few", E)

# Identity
MISSING_ID = Rule("FG201", "missing-id", E)
DUPLICATE_ID = Rule("FG202", "duplicate-id", E)
BAD_ID = Rule("FG203", "bad-id", E)
LOST_NOTE = Rule("FG204", "lost-note", W)
DUPLICATE_FIRST_FIELD = Rule("FG205", "duplicate-first-field", W)
DANGLING_REFERENCE = Rule("FG206", "dangling-reference", E)

SHAPE_CHANGE = Rule("FG208", "shape-change", E)
DECK_RENAMED = Rule("FG209", "deck-renamed", E)
LOCK_BEHIND = Rule("FG210", "lock-behind", E)

# Formulation
SAME_PROMPT = Rule("FG306", "same-prompt", E)
TOO_MANY_GAPS = Rule("FG323", "too-many-gaps", W)
BAD_GAP = Rule("FG324", "bad-gap", E)
MISSING_GAP = Rule("FG329", "missing-gap", E)
UNCOVERED_STATEMENT = Rule("FG330", "uncovered-statement", W)

# Kinds and templates
TEMPLATE_SYNTAX = Rule("FG401", "template-syntax", E)
UNDEFINED_NAME = Rule("FG402", "undefined-name", E)
FIELD_USED_AS_VALUE = Rule("FG403", "field-used-as-value", E)
BLANK_FRONT = Rule("FG404", "blank-front", E)
SAME_FRONTS = Rule("FG405", "same-fronts", E)
MISSING_CLOZE = Rule("FG406", "missing-cloze", E)
BAD_FIELD_NAME = Rule("FG411", "bad-field-name", E)
BROKEN_HTML = Rule("FG413", "broken-html", E)
MISSING_TEMPLATE = Rule("FG415", "missing-template", E)
MISSING_LABEL = Rule("FG416", "missing-label", E)
MISSING_CATALOGUE = Rule("FG417", "missing-catalogue", W)
TEMPLATE_FAILED = Rule("FG418", "template-failed", E)

# Look and media
EXTERNAL_REQUEST = Rule("FG501", "external-request", E)
SCRIPT_IN_CARD = Rule("FG502", "script-in-card", E)
MISSING_ALT = Rule("FG503", "missing-alt", E)
INLINE_STYLE = Rule("FG508", "inline-style", W)
UNKNOWN_CODE_LANGUAGE = Rule("FG513", "unknown-code-language", W)
BAD_LINK = Rule("FG514", "bad-link", E)
REFUSED_HTML = Rule("FG515", "refused-html", E)
MISSING_MEDIA = Rule("FG601", "missing-media", E)
UNUSED_MEDIA = Rule("FG602", "unused-media", W)
MEDIA_NAME = Rule("FG603", "media-name", W)
HEAVY_MEDIA = Rule("FG604", "heavy-media", W)
UNCREDITED_MEDIA = Rule("FG605", "uncredited-media", W)
ODD_FORMAT = Rule("FG606", "odd-format", E)
BROKEN_SVG = Rule("FG613", "broken-svg", E)
UNSAFE_SVG = Rule("FG614", "unsafe-svg", E)
MISSING_ELEMENT = Rule("FG615", "missing-element", E)
UNDRAWN_CHARACTER = Rule("FG616", "undrawn-character", E)
PICTURE_OUT_OF_PLACE = Rule("FG607", "picture-out-of-place", E)
WRONG_CONTENT = Rule("FG608", "wrong-content", E)
TOO_LARGE = Rule("FG609", "too-large", E)
HANDWRITTEN_SOUND = Rule("FG610", "handwritten-sound", W)
NOT_EVERYWHERE = Rule("FG611", "not-everywhere", W)
SPOKEN_FILE_NAME = Rule("FG612", "spoken-file-name", W)

# Decks
MISSING_LICENCE = Rule("FG701", "missing-licence", E)
BAD_TAG = Rule("FG704", "bad-tag", E)
SAME_DECK_NAME = Rule("FG708", "same-deck-name", E)
BAD_DECK_NAME = Rule("FG709", "bad-deck-name", E)
SAME_UID = Rule("FG711", "same-uid", E)
SAME_TITLE = Rule("FG712", "same-title", E)
BAD_LANGUAGE = Rule("FG710", "bad-language", E)

RULES = tuple(value for value in list(globals().values()) if isinstance(value, Rule))

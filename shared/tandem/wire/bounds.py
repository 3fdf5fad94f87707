"""How much of an inbound mail is looked at: every loop over a stranger's octets ends at one of these.

The numbers are far above what people's mail programs write and far below what would take a second to read.
What lies beyond a bound is left out, or makes the mail malformed where leaving it out could change its meaning.
"""

MAIL_OCTETS = 25 * 1024 * 1024  # more is too large for the contract; what is larger is read only in part
READ_OCTETS = 1024 * 1024  # of a mail that is too large: its headers and first words, for the record
HEADER_OCTETS = 1024 * 1024  # of the mail's own header section
PART_HEADER_OCTETS = 32 * 1024
HEADER_FIELDS = 1_000
FIELD_OCTETS = 16 * 1024  # of one field that is not a list of addresses
ADDRESS_FIELD_OCTETS = 128 * 1024
ADDRESSES = 1_000  # of all recipients together
ENCODED_WORDS = 200  # of one field; those behind stay as they are
PARAMETERS = 40  # of one Content-Type or Content-Disposition
DEPTH = 16  # multiparts within multiparts; 8 is the deepest that a mail program was seen to write
PARTS = 500
TEXT_OCTETS = 256 * 1024  # of one text part, decoded as far as that
TEXT_CHARACTERS = 256 * 1024  # of all text together
HTML_CHARACTERS = 400 * 1024  # of an HTML part once styles and comments are gone
HTML_DEPTH = 100
HTML_TAGS = 40_000
HTML_BLOCKS = 4_000  # beginnings and ends of paragraphs; what comes behind is not read
CALENDARS = 10
CALENDAR_OCTETS = 512 * 1024  # of one part; of all together twice as much
ANSWERS = 50  # iTIP objects that are looked at
ATTACHMENTS = 100  # named ones; the rest of a mail with more are not listed
REPORT_OCTETS = 64 * 1024  # of the machine-readable parts of a report
NEW_CHARACTERS = 20_000  # of the sender's own new words; nobody says so much to a calendar
LINES = 2_000  # of the text that is searched for new words
LINE = 400  # characters of a line that the rules for attributions, signatures and the like look at

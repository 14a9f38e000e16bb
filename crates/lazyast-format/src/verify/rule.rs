//! The rules by number.

use core::fmt;

macro_rules! rules {
    ($($number:literal $name:ident $summary:literal)*) => {
        /// A validation rule of FORMAT.md, "Validation rules".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Rule {
            $(#[doc = $summary] $name = $number,)*
        }

        impl Rule {
            /// Every rule, in the order in which they are checked.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What the rule says.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Self::$name => $summary,)*
                }
            }
        }
    };
}

rules! {
    1 Magic "The first eight bytes are the magic."
    2 Version "The format version is this document's."
    3 Schema "The schema fingerprint is that of a known revision."
    4 Length "There are as many bytes as header and body have."
    5 Layout "The root and every vector lie inside the body, aligned, and the vectors in the order of columns."
    6 Rows "The lengths of vectors that belong together agree."
    7 Root "Node 0 is a Module."
    8 Checksum "The checksum is that of header and body."
    9 Header "Reserved bytes, unknown flags and padding are zero, and the minimum Python is at least 11."
    10 OverflowRows "The rows of the overflow table are the rows that are escaped, in order."
    11 OverflowValues "A value in the overflow table does not fit into its column, and a payload not into fewer bytes."
    12 Bases "An entry of a base column is what decoding from the front gives."
    13 Totals "Lines, names, strings and payloads fill exactly what they divide."
    14 Lines "No line is empty."
    15 Names "Names are distinct, not empty, and UTF-8."
    16 Strings "Strings are distinct."
    17 Codes "Kinds and fields are known codes."
    18 Nesting "A subtree ends inside its parent's, and that of node 0 is everything."
    19 Depth "The header's depth is that of the deepest node."
    20 Range "A node ends inside the text."
    21 Field "A node's field is one of its parent's kind and takes the node's kind."
    22 Count "Each field that is not a list has one node, or at most one where it is optional."
    23 Pairs "Lists that belong together agree."
    24 Since "No kind or field is newer than the minimum Python."
    25 Payload "Payloads have the values that their layouts allow."
    26 Extras "The records in extras fill the column, in the order of their nodes."
    27 References "Names, strings and floats are numbered in the order of their first use, and all are used."
    28 Constants "Text is WTF-8, big integers are literals of at least 2^29, and the producer is UTF-8."
    29 Comments "Comments are not empty and end inside the text."
    30 Warnings "Warnings are of a known kind, inside the text, in order, and flagged in the header."
    31 JoinedStrings "The listed f-strings are the JoinedStr nodes that are no format specification and in no other listed one."
    32 Spans311 "The positions of 3.11 are those of nodes in f-strings, in order, on lines of the text."
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{:02}", *self as u8)
    }
}

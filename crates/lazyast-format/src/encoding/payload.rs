//! [`Payload`]: the bits of payloads. No other file shifts or masks a payload.
//!
//! A node's payload is one `u32` that holds what the node has besides children: a name, an operator, a
//! constant. [`PayloadLayout`] says how a kind packs it, [`Payload`] is the unpacked value. What does not fit
//! stands in a record in the column `extras`; the words of these records are defined here, too.
//!
//! FORMAT.md, "Payloads", is the normative description.

use super::field_byte::PayloadWidth;

/// How the payload of a kind is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadLayout {
    /// Always 0.
    None,
    /// `name`.
    Name,
    /// `name + 1`, or 0 for `None`.
    OptionalName,
    /// `name << 2 | context`.
    NameContext,
    /// `context`.
    Context,
    /// `operator`.
    Operator,
    /// `operator`, or `16 + offset` of a counted list of operators in the extras.
    Operators,
    /// `name << 1`, or `offset << 1 | 1` of an [`AliasRecord`].
    Alias,
    /// `(module + 1) << 1`, or `offset << 1 | 1` of an [`ImportFromRecord`].
    ImportFrom,
    /// `offset` of a counted list of names in the extras.
    Names,
    /// `value << 3 | tag`, see [`ConstantTag`].
    Constant,
    /// `conversion + 1`.
    Conversion,
    /// `offset` of an [`InterpolationRecord`].
    Interpolation,
    /// 0 or 1.
    Flag,
}

/// An unpacked payload. Names, strings and floats are numbers of their tables.
///
/// [`decode`](Self::decode) accepts every `u32`: codes in a damaged archive may be unknown, and numbers and
/// offsets may be outside of their tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The node has children only.
    None,
    /// A name.
    Name(u32),
    /// A name or `None`.
    OptionalName(Option<u32>),
    /// A name and an expression context.
    NameContext {
        /// The name.
        name: u32,
        /// The code of the context.
        context: u32,
    },
    /// The code of an expression context.
    Context(u32),
    /// The code of an operator.
    Operator(u32),
    /// The code of one comparison operator, or a counted list of at least two.
    Operators(Stored<u32>),
    /// The name of an alias without `asname`, or an [`AliasRecord`].
    Alias(Stored<u32>),
    /// The module of an import that is neither relative nor lazy, or an [`ImportFromRecord`].
    ImportFrom(Stored<Option<u32>>),
    /// The offset of a counted list of names in the extras.
    Names(u32),
    /// A constant.
    Constant {
        /// The type of the constant.
        tag: ConstantTag,
        /// What [`ConstantTag`] says.
        value: u32,
    },
    /// A conversion: -1 or the code of a character.
    Conversion(i32),
    /// The offset of an [`InterpolationRecord`] in the extras.
    Interpolation(u32),
    /// A boolean as a number.
    Flag(u32),
}

/// A value that stands in the payload itself, or in the extras where it is too large for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored<T> {
    /// The value.
    Inline(T),
    /// The offset of the record or list in the extras.
    Record(u32),
}

const CONTEXT_BITS: u32 = 2;
const CONTEXT_MASK: u32 = (1 << CONTEXT_BITS) - 1;
const TAG_BITS: u32 = 3;
const TAG_MASK: u32 = (1 << TAG_BITS) - 1;

/// The first payload of [`PayloadLayout::Operators`] that is not an operator.
const OPERATOR_LIST: u32 = 16;

impl Payload {
    /// Unpacks a payload.
    #[inline]
    pub fn decode(layout: PayloadLayout, bits: u32) -> Self {
        match layout {
            PayloadLayout::None => Self::None,
            PayloadLayout::Name => Self::Name(bits),
            PayloadLayout::OptionalName => Self::OptionalName(bits.checked_sub(1)),
            PayloadLayout::NameContext => {
                Self::NameContext { name: bits >> CONTEXT_BITS, context: bits & CONTEXT_MASK }
            }
            PayloadLayout::Context => Self::Context(bits),
            PayloadLayout::Operator => Self::Operator(bits),
            PayloadLayout::Operators => Self::Operators(match bits.checked_sub(OPERATOR_LIST) {
                None => Stored::Inline(bits),
                Some(offset) => Stored::Record(offset),
            }),
            PayloadLayout::Alias => Self::Alias(Stored::decode(bits)),
            PayloadLayout::ImportFrom => Self::ImportFrom(match Stored::decode(bits) {
                Stored::Inline(module) => Stored::Inline(module.checked_sub(1)),
                Stored::Record(offset) => Stored::Record(offset),
            }),
            PayloadLayout::Names => Self::Names(bits),
            PayloadLayout::Constant => {
                Self::Constant { tag: ConstantTag::ALL[(bits & TAG_MASK) as usize], value: bits >> TAG_BITS }
            }
            PayloadLayout::Conversion => Self::Conversion(decode_conversion(bits)),
            PayloadLayout::Interpolation => Self::Interpolation(bits),
            PayloadLayout::Flag => Self::Flag(bits),
        }
    }

    /// Packs a payload.
    #[inline]
    pub fn encode(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Name(number)
            | Self::Context(number)
            | Self::Operator(number)
            | Self::Operators(Stored::Inline(number))
            | Self::Names(number)
            | Self::Interpolation(number)
            | Self::Flag(number) => number,
            Self::OptionalName(name) => encode_optional(name),
            Self::NameContext { name, context } => name << CONTEXT_BITS | context,
            Self::Operators(Stored::Record(offset)) => OPERATOR_LIST + offset,
            Self::Alias(stored) => stored.encode(),
            Self::ImportFrom(Stored::Inline(module)) => Stored::Inline(encode_optional(module)).encode(),
            Self::ImportFrom(Stored::Record(offset)) => Stored::Record(offset).encode(),
            Self::Constant { tag, value } => value << TAG_BITS | tag as u32,
            Self::Conversion(conversion) => encode_conversion(conversion),
        }
    }

    /// The layout that packs this value.
    pub fn layout(self) -> PayloadLayout {
        match self {
            Self::None => PayloadLayout::None,
            Self::Name(_) => PayloadLayout::Name,
            Self::OptionalName(_) => PayloadLayout::OptionalName,
            Self::NameContext { .. } => PayloadLayout::NameContext,
            Self::Context(_) => PayloadLayout::Context,
            Self::Operator(_) => PayloadLayout::Operator,
            Self::Operators(_) => PayloadLayout::Operators,
            Self::Alias(_) => PayloadLayout::Alias,
            Self::ImportFrom(_) => PayloadLayout::ImportFrom,
            Self::Names(_) => PayloadLayout::Names,
            Self::Constant { .. } => PayloadLayout::Constant,
            Self::Conversion(_) => PayloadLayout::Conversion,
            Self::Interpolation(_) => PayloadLayout::Interpolation,
            Self::Flag(_) => PayloadLayout::Flag,
        }
    }

    /// The constants `None`, `True`, `False` and `...`.
    #[inline]
    pub fn singleton(constant: ConstantSingleton) -> Self {
        Self::Constant { tag: ConstantTag::Singleton, value: constant as u32 }
    }

    /// The node's own name, if the payload itself has one: that of an alias with `asname` is in the extras.
    #[inline]
    pub fn name(self) -> Option<u32> {
        match self {
            Self::Name(name) | Self::NameContext { name, .. } | Self::Alias(Stored::Inline(name)) => {
                Some(name)
            }
            Self::OptionalName(name) => name,
            _ => None,
        }
    }
}

impl Stored<u32> {
    fn decode(bits: u32) -> Self {
        if bits & 1 == 0 { Self::Inline(bits >> 1) } else { Self::Record(bits >> 1) }
    }

    fn encode(self) -> u32 {
        match self {
            Self::Inline(value) => value << 1,
            Self::Record(offset) => offset << 1 | 1,
        }
    }
}

fn encode_optional(number: Option<u32>) -> u32 {
    number.map_or(0, |number| number + 1)
}

fn decode_conversion(bits: u32) -> i32 {
    (bits as i32).wrapping_sub(1)
}

fn encode_conversion(conversion: i32) -> u32 {
    conversion.wrapping_add(1) as u32
}

/// The payloads of [`PayloadLayout::NameContext`] with one name and any context. Searches compare it with
/// packed payloads, which is one operation where unpacking takes several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameInAnyContext {
    /// The payload with the context 0.
    bits: u32,
    /// The width of payloads with the context 0, and with others.
    widths: (PayloadWidth, PayloadWidth),
}

impl NameInAnyContext {
    /// The payloads that have the name with this number.
    pub fn new(name: u32) -> Self {
        let bits = name << CONTEXT_BITS;
        Self { bits, widths: (PayloadWidth::of(bits), PayloadWidth::of(bits | CONTEXT_MASK)) }
    }

    /// Whether a payload with the name can have so many bytes.
    #[inline]
    pub(crate) fn may_have_width(self, width: PayloadWidth) -> bool {
        width == self.widths.0 || width == self.widths.1
    }

    /// The first bytes of the payloads, one for each context, and how many bytes all of them have; `None` if they differ
    /// in that.
    pub(crate) fn first_bytes(self) -> Option<([u8; 3], PayloadWidth)> {
        let first = |context| (self.bits | context) as u8;
        (self.widths.0 == self.widths.1).then_some(([first(0), first(1), first(2)], self.widths.0))
    }

    /// Whether a packed payload has the name.
    #[inline]
    pub fn matches(self, bits: u32) -> bool {
        bits & !CONTEXT_MASK == self.bits
    }
}

/// Where the packed payloads of one layout have the number of a name.
///
/// Code that reads the names of many nodes keeps one for each kind, so that unpacking takes no branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameBits {
    mask: u32,
    shift: u32,
    /// 1, or 0 if the payload is the number plus 1 already.
    added: u32,
}

impl NameBits {
    /// Those of a layout.
    pub fn of(layout: PayloadLayout) -> Self {
        let (mask, shift, added) = match layout {
            PayloadLayout::Name => (u32::MAX, 0, 1),
            PayloadLayout::OptionalName => (u32::MAX, 0, 0),
            PayloadLayout::NameContext => (u32::MAX, CONTEXT_BITS, 1),
            _ => (0, 0, 0),
        };
        Self { mask, shift, added }
    }

    /// The number of the name plus 1, or 0 if there is no name. The names of aliases and imports can be in the extras,
    /// so that they have 0 here.
    #[inline]
    pub fn number_plus_1(self, bits: u32) -> u32 {
        ((bits & self.mask) >> self.shift).wrapping_add(self.added)
    }
}

/// A record of two words in the extras.
pub trait Record: Copy {
    /// Unpacks a record.
    fn from_words(words: [u32; 2]) -> Self;

    /// Packs a record.
    fn to_words(self) -> [u32; 2];
}

/// An alias with `asname`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AliasRecord {
    /// The name that is imported.
    pub name: u32,
    /// The name that it gets.
    pub asname: u32,
}

impl Record for AliasRecord {
    fn from_words([name, asname]: [u32; 2]) -> Self {
        Self { name, asname }
    }

    fn to_words(self) -> [u32; 2] {
        [self.name, self.asname]
    }
}

/// The source of a relative or lazy import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportFromRecord {
    /// The name of the module.
    pub module: Option<u32>,
    /// The number of leading dots, below 2^31.
    pub level: u32,
    /// Whether the statement begins with `lazy`.
    pub is_lazy: bool,
}

impl Record for ImportFromRecord {
    fn from_words([module, level]: [u32; 2]) -> Self {
        Self { module: module.checked_sub(1), level: level >> 1, is_lazy: level & 1 == 1 }
    }

    fn to_words(self) -> [u32; 2] {
        [encode_optional(self.module), self.level << 1 | u32::from(self.is_lazy)]
    }
}

/// The source text and the conversion of an `Interpolation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterpolationRecord {
    /// The number of the string that is the text.
    pub text: u32,
    /// -1 or the code of a character.
    pub conversion: i32,
}

impl Record for InterpolationRecord {
    fn from_words([text, conversion]: [u32; 2]) -> Self {
        Self { text, conversion: decode_conversion(conversion) }
    }

    fn to_words(self) -> [u32; 2] {
        [self.text, encode_conversion(self.conversion)]
    }
}

/// The low three bits of a constant's payload. The other bits are the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ConstantTag {
    /// A `str`: the number of a string.
    Str = 0,
    /// A `str` whose node has `kind='u'`: the number of a string.
    UnicodeStr = 1,
    /// A `bytes`: the number of a string.
    Bytes = 2,
    /// An `int` below [`BIG_INT`]: the value itself.
    Int = 3,
    /// A larger `int`: the number of a string that holds it as a Python literal without underscores.
    BigInt = 4,
    /// A `float`: the number of a float.
    Float = 5,
    /// A `complex` without a real part: the number of a float.
    Imaginary = 6,
    /// A [`ConstantSingleton`].
    Singleton = 7,
}

impl ConstantTag {
    /// Every tag, by code.
    pub const ALL: [Self; 8] = [
        Self::Str,
        Self::UnicodeStr,
        Self::Bytes,
        Self::Int,
        Self::BigInt,
        Self::Float,
        Self::Imaginary,
        Self::Singleton,
    ];
}

/// The constants of which there is one instance each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ConstantSingleton {
    /// `None`.
    None = 0,
    /// `True`.
    True = 1,
    /// `False`.
    False = 2,
    /// `...`.
    Ellipsis = 3,
}

impl ConstantSingleton {
    /// The constant with a code.
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::None,
            1 => Self::True,
            2 => Self::False,
            3 => Self::Ellipsis,
            _ => return None,
        })
    }
}

/// The first integer that is stored as digits and not in the payload.
pub const BIG_INT: u64 = 1 << (u32::BITS - TAG_BITS);

#[cfg(test)]
mod tests {
    use super::{NameBits, NameInAnyContext, Payload, PayloadLayout};

    const LAYOUTS: [PayloadLayout; 13] = [
        PayloadLayout::Name,
        PayloadLayout::OptionalName,
        PayloadLayout::NameContext,
        PayloadLayout::Context,
        PayloadLayout::Operator,
        PayloadLayout::Operators,
        PayloadLayout::Alias,
        PayloadLayout::ImportFrom,
        PayloadLayout::Names,
        PayloadLayout::Constant,
        PayloadLayout::Conversion,
        PayloadLayout::Interpolation,
        PayloadLayout::Flag,
    ];

    #[test]
    fn encode_is_the_inverse_of_decode() {
        let bits = (0..1000).chain([0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX]);
        for (layout, bits) in LAYOUTS.iter().flat_map(|layout| bits.clone().map(|bits| (*layout, bits))) {
            let payload = Payload::decode(layout, bits);
            assert_eq!((payload.encode(), payload.layout()), (bits, layout), "{payload:?}");
        }
    }

    #[test]
    fn unpacking_names_without_a_branch_gives_the_same() {
        let bits = (0..1000).chain([0x7fff_ffff, 0x8000_0000, u32::MAX - 1]);
        for (layout, bits) in LAYOUTS.iter().flat_map(|layout| bits.clone().map(|bits| (*layout, bits))) {
            let name = match layout {
                PayloadLayout::Alias => None,
                layout => Payload::decode(layout, bits).name(),
            };
            let number = NameBits::of(layout).number_plus_1(bits);
            assert_eq!(number, name.map_or(0, |name| name + 1), "{layout:?} {bits}");
        }
    }

    #[test]
    fn a_name_in_any_context_is_that_name() {
        let three = NameInAnyContext::new(3);
        for bits in 0..100 {
            let name = Payload::decode(PayloadLayout::NameContext, bits).name();
            assert_eq!(three.matches(bits), name == Some(3), "{bits}");
        }
    }
}

//! x
use core::fmt;
/// x
#[derive(Debug)]
pub struct VerifyError;
impl fmt::Display for VerifyError { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("x") } }
/// x
pub fn verify(_bytes: &[u8]) -> Result<(), VerifyError> { Ok(()) }

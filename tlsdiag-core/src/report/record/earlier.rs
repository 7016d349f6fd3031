//! What a record says of earlier ones of the same client.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnose::Earlier;

/// What became of what was suspected of an earlier handshake of the same client. The earlier record stays as it was written; a reader of
/// both applies this.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EarlierRecord {
    /// The id of the earlier record.
    pub id: String,
    /// What was suspected: the code of a cause.
    pub cause: String,
    /// What became of it: `confirmed` or `withdrawn`.
    pub became: String,
    /// Why, in one clause.
    pub why: String,
}

impl From<&Earlier> for EarlierRecord {
    fn from(one: &Earlier) -> Self {
        EarlierRecord {
            id: one.id.clone(),
            cause: one.cause.code().to_owned(),
            became: one.became.as_str().to_owned(),
            why: one.why.clone(),
        }
    }
}

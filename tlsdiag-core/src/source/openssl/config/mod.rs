//! How the local side is configured, and whom it talks to.

pub(super) mod accept_cache;
pub(super) mod certificates;
pub(super) mod peer;
pub(super) mod snapshot;
pub(super) mod trust_store;
pub(super) mod unchanged;

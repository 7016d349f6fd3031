//! The rules, one subject a file. Each file says which evidence it needs.

pub(super) mod certificate;
pub(super) mod cipher;
pub(super) mod client_auth;
pub(super) mod exam;
pub(super) mod reading;
pub(super) mod rejected;
pub(super) mod remedy;
pub(super) mod signer;
pub(super) mod stapling;
pub(super) mod transport;
pub(super) mod untrusted;
pub(super) mod verify;
pub(super) mod version;

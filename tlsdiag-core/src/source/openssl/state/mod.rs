//! What we keep of each context, each connection and its handshake, and how a callback finds it.

pub(super) mod address_cache;
pub(super) mod arm;
pub(super) mod bio;
pub(super) mod chained;
pub(super) mod connection;
pub(super) mod context;
pub(super) mod current;
pub(super) mod declared;
pub(super) mod deferred_profile;
pub(super) mod fast;
pub(super) mod free_list;
pub(super) mod handshake;
pub(super) mod log_writer;
pub(super) mod name_check;
pub(super) mod object_table;
pub(super) mod record_layers;
pub(super) mod recordings;
pub(super) mod subscription;

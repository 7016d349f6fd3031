//! Makes real TLS handshakes go wrong on purpose.

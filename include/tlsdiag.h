/*
 * tlsdiag.h: records TLS handshakes inside the process that runs OpenSSL, and names the root cause of a failure.
 *
 *     tlsdiag_recorder *recorder;
 *     tlsdiag_recorder_new(NULL, &recorder);
 *     tlsdiag_recorder_attach_ctx(recorder, ctx);              an SSL_CTX *, or _attach_ssl for one SSL *
 *     tlsdiag_recorder_on_handshake(recorder, callback, NULL);
 *
 * and in the callback, which is called with each handshake that has finished:
 *
 *     const char *line;
 *     if (tlsdiag_handshake_one_line(handshake, &line) == TLSDIAG_OK)
 *         puts(line);
 *
 * Build with `cc program.c $(pkg-config --cflags --libs tlsdiag)`. This library does not link OpenSSL: it finds OpenSSL's functions in
 * the library that made the object (1.1.1, 3.x and 4.x, also several in one process). The handshake ends exactly as it would have
 * without a recorder; the application's own callbacks are called as before.
 *
 * The rules, which hold for every function:
 *
 * - A function that can fail returns a tlsdiag_status, and TLSDIAG_OK is 0. tlsdiag_last_error() has a sentence that says why it failed.
 * - Results go through the last parameters, and are written only if it succeeds.
 * - NULL in place of options means the defaults. NULL for anything else gives TLSDIAG_NULL_ARGUMENT, and nothing happens.
 * - What is made by a function with `_new`, `_open`, `_from_…`, `_clone` or `_next` is freed by the `_free` of its type. `_free(NULL)` does
 *   nothing.
 * - A `const char *` belongs to the handle that it came from and lives as long. A `char *` is yours: tlsdiag_string_free(). All text is
 *   UTF-8; in what came from outside, control characters, bidirectional controls, line separators and what nobody sees are escaped.
 * - A string that is absent is NULL, and the status is TLSDIAG_OK.
 * - A struct begins with its size, which the caller sets: the _INIT macros do. Programs built with an older header go on working.
 * - Every callback ends in `void *userdata`, handed back as it was given. It must return: no longjmp, no C++ exception.
 * - Functions may be called from any thread. Handshakes never change and may be shared by threads; a handle is freed once, when nobody uses
 *   it any more.
 * - After fork() a recorder works on in the child, with an empty queue and, in the background, with a thread of its own.
 * - Enumerations may gain values, and structs fields at their end. No number is ever reused.
 *
 * This file is generated from tlsdiag-ffi by `make generated`.
 */

#ifndef TLSDIAG_H
#define TLSDIAG_H

#include <stddef.h>
#include <stdint.h>
/** The version of this header; tlsdiag_version() is that of the library. */
#define TLSDIAG_VERSION "0.1.0"
/** Its major number. */
#define TLSDIAG_VERSION_MAJOR 0
/** Its minor number. */
#define TLSDIAG_VERSION_MINOR 1
/** Its patch number. */
#define TLSDIAG_VERSION_PATCH 0

/**
 * The functions of OpenSSL's that a recorder needs, for a program that has OpenSSL linked statically:
 *
 *     #define ENTRY(function) { #function, (tlsdiag_function) function },
 *     static const tlsdiag_openssl_function table[] = { TLSDIAG_OPENSSL_FUNCTIONS(ENTRY) };
 *
 * goes into tlsdiag_recorder_options. These are used as well where the table has them: SSL_get_finished, SSL_get_peer_finished, SSL_get1_peer_certificate,
 * SSL_get_peer_certificate, SSL_is_quic, SSL_CTX_get0_certificate,
 * SSL_CTX_get_security_level, BIO_method_type, BIO_ctrl,
 * SSL_get_shutdown, BIO_number_read, BIO_get_callback,
 * EVP_PKEY_get_base_id, EVP_PKEY_base_id, EVP_PKEY_get_bits,
 * EVP_PKEY_bits, X509_VERIFY_PARAM_get0_host,
 * X509_VERIFY_PARAM_get1_ip_asc, X509_STORE_get0_objects,
 * X509_STORE_lock, X509_STORE_unlock, X509_OBJECT_get0_X509,
 * ERR_get_state, ERR_count_to_mark, ERR_pop, OSSL_ERR_STATE_new,
 * OSSL_ERR_STATE_save_to_mark, OSSL_ERR_STATE_restore,
 * OSSL_ERR_STATE_free, CRYPTO_free, ERR_func_error_string,
 * ERR_peek_error_all, ERR_peek_last_error_all, ERR_peek_error_line_data,
 * ERR_peek_last_error_line_data.
 */
#define TLSDIAG_OPENSSL_FUNCTIONS(ENTRY) \
  ENTRY(CRYPTO_get_ex_new_index) \
  ENTRY(CRYPTO_set_ex_data) \
  ENTRY(SSL_get_ex_data) \
  ENTRY(SSL_set_ex_data) \
  ENTRY(SSL_CTX_get_ex_data) \
  ENTRY(SSL_CTX_set_ex_data) \
  ENTRY(SSL_ctrl) \
  ENTRY(SSL_CTX_ctrl) \
  ENTRY(SSL_set_msg_callback) \
  ENTRY(SSL_CTX_set_msg_callback) \
  ENTRY(SSL_set_info_callback) \
  ENTRY(SSL_get_info_callback) \
  ENTRY(SSL_CTX_set_info_callback) \
  ENTRY(SSL_CTX_get_info_callback) \
  ENTRY(SSL_set_verify) \
  ENTRY(SSL_get_verify_callback) \
  ENTRY(SSL_get_verify_mode) \
  ENTRY(SSL_get_verify_depth) \
  ENTRY(SSL_set_security_callback) \
  ENTRY(SSL_get_security_callback) \
  ENTRY(SSL_CTX_get_security_callback) \
  ENTRY(SSL_get_security_level) \
  ENTRY(SSL_CTX_set_keylog_callback) \
  ENTRY(SSL_CTX_get_keylog_callback) \
  ENTRY(SSL_get_SSL_CTX) \
  ENTRY(SSL_get_error) \
  ENTRY(SSL_is_server) \
  ENTRY(SSL_is_dtls) \
  ENTRY(SSL_version) \
  ENTRY(SSL_get_verify_result) \
  ENTRY(SSL_session_reused) \
  ENTRY(SSL_state_string_long) \
  ENTRY(SSL_get_fd) \
  ENTRY(SSL_get_rbio) \
  ENTRY(SSL_get_wbio) \
  ENTRY(SSL_get_certificate) \
  ENTRY(SSL_get_privatekey) \
  ENTRY(SSL_get_ciphers) \
  ENTRY(SSL_in_init) \
  ENTRY(SSL_CIPHER_get_protocol_id) \
  ENTRY(SSL_get_client_CA_list) \
  ENTRY(SSL_get_options) \
  ENTRY(SSL_get0_param) \
  ENTRY(SSL_CTX_get_cert_store) \
  ENTRY(SSL_CTX_get_client_cert_cb) \
  ENTRY(SSL_get_ex_data_X509_STORE_CTX_idx) \
  ENTRY(X509_STORE_CTX_get_ex_data) \
  ENTRY(X509_STORE_CTX_get_error) \
  ENTRY(X509_STORE_CTX_get_error_depth) \
  ENTRY(X509_STORE_CTX_get_current_cert) \
  ENTRY(X509_STORE_CTX_get0_store) \
  ENTRY(X509_STORE_get_verify_cb) \
  ENTRY(X509_get_subject_name) \
  ENTRY(X509_get_issuer_name) \
  ENTRY(X509_NAME_cmp) \
  ENTRY(X509_get0_pubkey) \
  ENTRY(X509_verify) \
  ENTRY(X509_up_ref) \
  ENTRY(X509_free) \
  ENTRY(X509_check_private_key) \
  ENTRY(X509_VERIFY_PARAM_get_flags) \
  ENTRY(i2d_X509) \
  ENTRY(i2d_X509_NAME) \
  ENTRY(OPENSSL_sk_num) \
  ENTRY(OPENSSL_sk_value) \
  ENTRY(OpenSSL_version) \
  ENTRY(OpenSSL_version_num) \
  ENTRY(BIO_set_callback_ex) \
  ENTRY(BIO_get_callback_ex) \
  ENTRY(BIO_set_ex_data) \
  ENTRY(BIO_get_ex_data) \
  ENTRY(BIO_test_flags) \
  ENTRY(ERR_peek_error) \
  ENTRY(ERR_peek_last_error) \
  ENTRY(ERR_set_mark) \
  ENTRY(ERR_pop_to_mark) \
  ENTRY(ERR_clear_error) \
  ENTRY(ERR_lib_error_string) \
  ENTRY(ERR_reason_error_string)


/**
 * Whether a call worked. Numbers are never reused; new ones may be added.
 */
enum tlsdiag_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It worked, and the results are written.
   */
  TLSDIAG_OK = 0,
  /**
   * A pointer that must not be NULL was NULL; tlsdiag_last_error() names it.
   */
  TLSDIAG_NULL_ARGUMENT = 1,
  /**
   * The size at the head of a struct is not one that any version of this library has had, or the struct sets something
   * that this version does not know.
   */
  TLSDIAG_BAD_SIZE = 2,
  /**
   * An argument has a value that it may not have.
   */
  TLSDIAG_BAD_VALUE = 3,
  /**
   * There is no such thing: an index past the end, an empty queue, an unknown code, nothing attached there.
   */
  TLSDIAG_NOT_FOUND = 4,
  /**
   * OpenSSL's functions were not found: statically linked, too old, or in no library of this process.
   */
  TLSDIAG_NO_OPENSSL = 5,
  /**
   * This kind of connection is not recorded (QUIC, DTLS), or OpenSSL refused to be hooked.
   */
  TLSDIAG_UNSUPPORTED = 6,
  /**
   * A file could not be opened or written.
   */
  TLSDIAG_IO = 7,
  /**
   * Bytes that should have been a ClientHello or a record of a handshake are none.
   */
  TLSDIAG_MALFORMED = 8,
  /**
   * Called from within a callback that the call would have to wait for.
   */
  TLSDIAG_REENTERED = 9,
  /**
   * The library has a bug, and the call was given up; please report what tlsdiag_last_error() says.
   */
  TLSDIAG_INTERNAL = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_status tlsdiag_status;
#else
typedef int32_t tlsdiag_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became of a handshake.
 */
enum tlsdiag_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Something that a later version knows.
   */
  TLSDIAG_OUTCOME_UNKNOWN = 0,
  /**
   * Finished, and the peer verified as the local policy asks.
   */
  TLSDIAG_OUTCOME_ESTABLISHED = 1,
  /**
   * Finished, but the peer's certificate is missing or did not verify, and the library let it pass.
   */
  TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED = 2,
  /**
   * TLS 1.3: this client was done, and then the server's alert came.
   */
  TLSDIAG_OUTCOME_REFUSED_AFTER_ESTABLISHED = 3,
  /**
   * A fatal error.
   */
  TLSDIAG_OUTCOME_FAILED = 4,
  /**
   * Freed, closed or timed out in the middle, with nothing said.
   */
  TLSDIAG_OUTCOME_ABANDONED = 5,
  /**
   * The peer never spoke TLS.
   */
  TLSDIAG_OUTCOME_NOT_TLS = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_outcome tlsdiag_outcome;
#else
typedef int32_t tlsdiag_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Who ended a handshake.
 */
enum tlsdiag_by
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Nobody did: it was established, or given up without a word.
   */
  TLSDIAG_BY_NOBODY = 0,
  /**
   * This side.
   */
  TLSDIAG_BY_LOCAL = 1,
  /**
   * The peer, by an alert or by not speaking TLS.
   */
  TLSDIAG_BY_PEER = 2,
  /**
   * The connection under TLS: closed, reset or timed out.
   */
  TLSDIAG_BY_TRANSPORT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_by tlsdiag_by;
#else
typedef int32_t tlsdiag_by;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which end of the connection recorded it.
 */
enum tlsdiag_role
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Something that a later version knows.
   */
  TLSDIAG_ROLE_UNKNOWN = 0,
  /**
   * The side that sends the ClientHello.
   */
  TLSDIAG_ROLE_CLIENT = 1,
  /**
   * The side that answers it.
   */
  TLSDIAG_ROLE_SERVER = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_role tlsdiag_role;
#else
typedef int32_t tlsdiag_role;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How sure a finding is.
 */
enum tlsdiag_confidence
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Something that a later version knows.
   */
  TLSDIAG_CONFIDENCE_UNKNOWN = 0,
  /**
   * One of several explanations that fit.
   */
  TLSDIAG_CONFIDENCE_POSSIBLE = 1,
  /**
   * The best explanation by far; others are named beside it.
   */
  TLSDIAG_CONFIDENCE_LIKELY = 2,
  /**
   * This side holds proof.
   */
  TLSDIAG_CONFIDENCE_CERTAIN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_confidence tlsdiag_confidence;
#else
typedef int32_t tlsdiag_confidence;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How bad a finding is.
 */
enum tlsdiag_severity
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Something that a later version knows.
   */
  TLSDIAG_SEVERITY_UNKNOWN = 0,
  /**
   * The handshake was established all the same.
   */
  TLSDIAG_SEVERITY_WARNING = 1,
  /**
   * It failed, or passed unverified.
   */
  TLSDIAG_SEVERITY_ERROR = 2,
  /**
   * What happened, and is no failure.
   */
  TLSDIAG_SEVERITY_NOTE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_severity tlsdiag_severity;
#else
typedef int32_t tlsdiag_severity;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a fault has to be mended.
 */
enum tlsdiag_side
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Something that a later version knows.
   */
  TLSDIAG_SIDE_UNKNOWN = 0,
  /**
   * At the client.
   */
  TLSDIAG_SIDE_CLIENT = 1,
  /**
   * At the server.
   */
  TLSDIAG_SIDE_SERVER = 2,
  /**
   * Between them.
   */
  TLSDIAG_SIDE_NETWORK = 3,
  /**
   * At the program that was recorded, before any handshake.
   */
  TLSDIAG_SIDE_LOCAL = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_side tlsdiag_side;
#else
typedef int32_t tlsdiag_side;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an application makes of its peer's certificate after the handshake.
 */
enum tlsdiag_peer_certificate
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Not known: OpenSSL's verify mode is all there is to go by.
   */
  TLSDIAG_PEER_CERTIFICATE_UNKNOWN = 0,
  /**
   * One may be missing, but one that does not verify is refused (nginx: ssl_verify_client optional).
   */
  TLSDIAG_PEER_CERTIFICATE_OPTIONAL = 1,
  /**
   * One must be there, and verify (nginx: ssl_verify_client on, proxy_ssl_verify on). A client without one has the cause client_cert.missing and the
   * outcome established_unverified, since the handshake itself succeeds.
   */
  TLSDIAG_PEER_CERTIFICATE_REQUIRED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_peer_certificate tlsdiag_peer_certificate;
#else
typedef int32_t tlsdiag_peer_certificate;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a connection ended before TLS.
 */
enum tlsdiag_before_tls_end
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The server ended it, for what the client had sent: at least five bytes.
   */
  TLSDIAG_BEFORE_TLS_REFUSED = 0,
  /**
   * The client closed it.
   */
  TLSDIAG_BEFORE_TLS_CLOSED = 1,
  /**
   * The client reset it.
   */
  TLSDIAG_BEFORE_TLS_RESET = 2,
  /**
   * The client was silent for longer than the server waits.
   */
  TLSDIAG_BEFORE_TLS_TIMED_OUT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tlsdiag_before_tls_end tlsdiag_before_tls_end;
#else
typedef int32_t tlsdiag_before_tls_end;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * One root cause of a handshake, with evidence and advice. It belongs to its handshake, lives as long, and is never freed
 * by itself.
 */
typedef struct tlsdiag_finding tlsdiag_finding;

/**
 * A finished handshake. It never changes, and any number of threads may use it at once. What it takes to answer is worked
 * out at the first question that needs it: the outcome costs less than the cause, and nothing is paid for a handshake that
 * nobody asks about.
 *
 * One that a callback is given is borrowed for the call; tlsdiag_handshake_clone() makes one to keep.
 */
typedef struct tlsdiag_handshake tlsdiag_handshake;

/**
 * Records the handshakes of what it is attached to. Its functions may be called from any thread; tlsdiag_recorder_free() from
 * one, once.
 */
typedef struct tlsdiag_recorder tlsdiag_recorder;

/**
 * A call that sets up a certificate, a key, trusted certificates or cipher suites, and that failed: no handshake ever began. It never
 * changes, and any number of threads may use it at once.
 *
 * One that a callback is given is borrowed for the call: what is to be kept is kept as JSON.
 */
typedef struct tlsdiag_setup tlsdiag_setup;

/**
 * A file of JSON lines. Any number of threads and processes may append to the same file: a line is one write(2) to a descriptor that
 * appends.
 */
typedef struct tlsdiag_writer tlsdiag_writer;

/**
 * A function of any kind, cast.
 */
typedef void (*tlsdiag_function)(void);

/**
 * A function of OpenSSL's under its name.
 */
typedef struct tlsdiag_openssl_function {
  /**
   * Such as "SSL_get_ex_data".
   */
  const char *name;
  /**
   * The function. NULL is as good as no entry.
   */
  tlsdiag_function function;
} tlsdiag_openssl_function;

/**
 * How a recorder works. Begin with TLSDIAG_RECORDER_OPTIONS_INIT, which sets the size and leaves the rest at its default.
 */
typedef struct tlsdiag_recorder_options {
  /**
   * sizeof(tlsdiag_recorder_options).
   */
  size_t size;
  /**
   * Nonzero: the callback runs on a thread of the recorder's own, so that the handshake waits for nothing but a copy of what
   * was recorded. The thread is started at the first handshake that finishes in a process, so a server that forks its
   * workers has one in each. It blocks all signals.
   */
  int background;
  /**
   * Nonzero: only handshakes that failed, or that were established with a finding, are handed over.
   */
  int failures_only;
  /**
   * How many finished handshakes wait at most, for the thread or for tlsdiag_recorder_next(); those that find no room are
   * dropped and counted. 0: 1024.
   */
  size_t queue_length;
  /**
   * Nonzero: the last handshake of each connection is kept for tlsdiag_recorder_latest_for_ssl() until the SSL is freed: some
   * 10 kB for each connection.
   */
  int keep_latest;
  /**
   * More than 0: a certificate that ends within so many days is a finding, warn.certificate_expires_soon, also of a healthy
   * handshake. 0: nobody is warned.
   */
  int expires_within_days;
  /**
   * A file that the secrets of all connections are appended to in the format of SSLKEYLOGFILE (RFC 9850), made with mode 0600.
   * Whoever reads it can decrypt them. NULL: none, and no secret is looked at.
   */
  const char *keylog_file;
  /**
   * A handle of dlopen(3) in whose library OpenSSL's functions are looked up. NULL: they are found in the library that made the
   * object that is attached to.
   */
  void *openssl_handle;
  /**
   * OpenSSL's functions, for a program that has them linked statically: see TLSDIAG_OPENSSL_FUNCTIONS. The table is read while
   * the recorder is made. NULL: as above.
   */
  const struct tlsdiag_openssl_function *openssl_functions;
  /**
   * How many entries the table has.
   */
  size_t openssl_function_count;
} tlsdiag_recorder_options;

/**
 * Called with each finished handshake. `handshake` is borrowed for the call: tlsdiag_handshake_clone() makes one to keep.
 * `userdata` is what was given with the callback.
 *
 * Unless the recorder works in the background, it runs on the thread of the handshake and within OpenSSL: it must return soon
 * and not use the SSL but to read from it. It may call every function of this header, also to attach again, to change the
 * callback or to free the recorder. A C++ exception must not leave it.
 */
typedef void (*tlsdiag_handshake_callback)(const struct tlsdiag_handshake *handshake, void *userdata);

/**
 * What a recorder has seen so far in this process.
 */
typedef struct tlsdiag_recorder_counts {
  /**
   * sizeof(tlsdiag_recorder_counts), set before the call.
   */
  size_t size;
  /**
   * Handshakes that finished, without those that the options leave out.
   */
  uint64_t finished;
  /**
   * Of these, the ones that were dropped since the queue was full.
   */
  uint64_t dropped;
  /**
   * Of these, the ones that wait in the queue now.
   */
  uint64_t waiting;
  /**
   * Events of any recorder that came while the same connection was being recorded, and were passed over.
   */
  uint64_t missed_events;
  /**
   * Panics within tlsdiag that were caught; always 0 but for bugs.
   */
  uint64_t panics;
} tlsdiag_recorder_counts;

/**
 * What a recorder should know of what it is attached to. Begin with TLSDIAG_ATTACH_OPTIONS_INIT.
 */
typedef struct tlsdiag_attach_options {
  /**
   * sizeof(tlsdiag_attach_options).
   */
  size_t size;
  /**
   * What the application makes of its peer's certificate after the handshake, where the library lets pass what it refuses
   * later: one of tlsdiag_peer_certificate.
   */
  int peer_certificate;
  /**
   * The peer's port.
   */
  int peer_port;
  /**
   * The peer's IP address as text, for one SSL whose socket OpenSSL does not know (SSL_set_fd). NULL: not known.
   */
  const char *peer_address;
  /**
   * The message callback (SSL_set_msg_callback) that the application has set itself; OpenSSL has no getter for it, so unless it
   * is named here the recorder's replaces it. NULL: none.
   */
  tlsdiag_function message_callback;
  /**
   * The argument of that callback.
   */
  void *message_callback_arg;
} tlsdiag_attach_options;

/**
 * What became of what was suspected of an earlier handshake of the same client. The strings live as long as the handshake that says it.
 */
typedef struct tlsdiag_earlier {
  /**
   * sizeof(tlsdiag_earlier), set before the call.
   */
  size_t size;
  /**
   * The id of the earlier record.
   */
  const char *id;
  /**
   * The code of the cause that was suspected.
   */
  const char *cause;
  /**
   * "confirmed" or "withdrawn"; more may come.
   */
  const char *became;
  /**
   * Why, in one clause.
   */
  const char *why;
} tlsdiag_earlier;

/**
 * How a report is laid out. Begin with TLSDIAG_TEXT_OPTIONS_INIT.
 */
typedef struct tlsdiag_text_options {
  /**
   * sizeof(tlsdiag_text_options).
   */
  size_t size;
  /**
   * Columns to fill; 0: 80. At least 40.
   */
  unsigned int width;
  /**
   * Nonzero: ANSI colours, for emphasis alone.
   */
  int color;
  /**
   * Nonzero: without the timeline.
   */
  int hide_timeline;
  /**
   * Nonzero: without the lists that were offered, which only a full report has.
   */
  int hide_offers;
  /**
   * Nonzero: with what was offered, and of a healthy handshake with everything.
   */
  int full;
} tlsdiag_text_options;

/**
 * Something seen, that supports a finding.
 */
typedef struct tlsdiag_evidence {
  /**
   * sizeof(tlsdiag_evidence), set before the call.
   */
  size_t size;
  /**
   * The number of the event that it was read from, as in the record's list of events; -1 if it is none of them.
   */
  int64_t event;
  /**
   * What was looked at, such as "CertificateRequest.signature_algorithms".
   */
  const char *field;
  /**
   * What stood there.
   */
  const char *value;
} tlsdiag_evidence;

/**
 * A cause beside the one named: one that this side cannot tell from it, or one that is ruled out.
 */
typedef struct tlsdiag_look_alike {
  /**
   * sizeof(tlsdiag_look_alike), set before the call.
   */
  size_t size;
  /**
   * The other cause's code.
   */
  const char *cause;
  /**
   * What would tell the two apart; of one that is ruled out, why it is not that.
   */
  const char *reason;
} tlsdiag_look_alike;

/**
 * What to write where.
 */
typedef struct tlsdiag_advice {
  /**
   * sizeof(tlsdiag_advice), set before the call.
   */
  size_t size;
  /**
   * The software that it is for: "any", "openssl", "openssl.cnf", "nginx", "apache", "python", "curl", "firefox"; more may
   * come.
   */
  const char *stack;
  /**
   * The line to write or the command to run, verbatim; or a sentence where there is no such line.
   */
  const char *line;
  /**
   * What it does or costs; NULL where nothing needs saying.
   */
  const char *note;
} tlsdiag_advice;

/**
 * Called with each line of a file of JSON lines, empty ones and setups that failed left out. `line` counts from 1. One of the next two is NULL: `handshake`,
 * borrowed for the call, or `problem`, which says why the line is no record.
 */
typedef void (*tlsdiag_line_callback)(size_t line,
                                      const struct tlsdiag_handshake *handshake,
                                      const char *problem,
                                      void *userdata);

/**
 * A cause of the catalogue. Its strings are never freed.
 */
typedef struct tlsdiag_cause {
  /**
   * sizeof(tlsdiag_cause), set before the call.
   */
  size_t size;
  /**
   * The stable code, such as "client_cert.missing".
   */
  const char *code;
  /**
   * One line that says what it means.
   */
  const char *meaning;
  /**
   * The coarse class for metrics (gRPC proposal A118), such as "CERTIFICATE_EXPIRED".
   */
  const char *result;
  /**
   * 1 if this version can name it as the cause; 0 if it is only mentioned beside others.
   */
  int diagnosed;
  /**
   * Zero.
   */
  int reserved;
} tlsdiag_cause;

/**
 * Called with each setup that failed. `setup` is borrowed for the call; `userdata` is what was given with the callback. It runs on the
 * thread that calls tlsdiag_recorder_setup_failed(). A C++ exception must not leave it.
 */
typedef void (*tlsdiag_setup_callback)(const struct tlsdiag_setup *setup, void *userdata);

/**
 * A connection to a TLS port that ended before OpenSSL saw it. Begin with TLSDIAG_BEFORE_TLS_INIT.
 */
typedef struct tlsdiag_before_tls {
  /**
   * sizeof(tlsdiag_before_tls).
   */
  size_t size;
  /**
   * How it ended: one of tlsdiag_before_tls_end.
   */
  int end;
  /**
   * Nonzero: this port expects a PROXY protocol header before TLS.
   */
  int expects_proxy_header;
  /**
   * How long it had been open, in milliseconds.
   */
  unsigned int milliseconds;
  /**
   * The client's port.
   */
  int peer_port;
  /**
   * The client's IP address as text. NULL: not known.
   */
  const char *peer_address;
  /**
   * The first bytes that the client sent, of which five are kept. NULL: none came.
   */
  const uint8_t *first;
  /**
   * How many bytes those are.
   */
  size_t first_length;
} tlsdiag_before_tls;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * What the last call on this thread that failed had to say: one sentence, without its full stop. Empty if none has failed.
 * The text stays until another call fails on this thread.
 */
const char *tlsdiag_last_error(void);

/**
 * What a status means, in a few words; never NULL, whatever the number.
 */
const char *tlsdiag_status_str(int32_t status);

/**
 * The version of the library that is loaded, such as "0.1.0". TLSDIAG_VERSION is that of the header.
 */
const char *tlsdiag_version(void);

/**
 * Makes a recorder. NULL options are the defaults. Free it with tlsdiag_recorder_free().
 *
 * The caller sees to it:
 * `options` is NULL or as long as its size says, and what it points at is as described there; `recorder` is NULL or has room for a
 * pointer.
 */
tlsdiag_status tlsdiag_recorder_new(const struct tlsdiag_recorder_options *options,
                                    struct tlsdiag_recorder **recorder);

/**
 * Detaches a recorder from everything and frees it. Handshakes may be running in other threads: they end as they would have. When
 * this returns, the callback runs nowhere and never will again, so that its userdata can go; what waited for the recorder's thread
 * has been handed over before. Within a callback of the recorder itself it does not wait for that one, and what waits is dropped.
 * NULL is fine.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed, and no other thread uses it now or will.
 */
void tlsdiag_recorder_free(struct tlsdiag_recorder *recorder);

/**
 * Calls `callback` with each handshake that finishes from now on; NULL takes the callback away, and then they wait for
 * tlsdiag_recorder_next(). When this returns, the callback that was there before runs nowhere any more, but where this was called
 * from within it.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `callback` may be called with `userdata` in any thread until another one takes its place
 * or the recorder is freed.
 */
tlsdiag_status tlsdiag_recorder_on_handshake(struct tlsdiag_recorder *recorder,
                                             tlsdiag_handshake_callback callback,
                                             void *userdata);

/**
 * The handshake that has waited longest, for a recorder without a callback; TLSDIAG_NOT_FOUND if none waits. Free it with
 * tlsdiag_handshake_free().
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed; `handshake` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_recorder_next(struct tlsdiag_recorder *recorder,
                                     struct tlsdiag_handshake **handshake);

/**
 * The handshake that finished last on an SSL, for a recorder with the option keep_latest; TLSDIAG_NOT_FOUND if none has. A server asks so in
 * the middle of a request, on the thread that has the SSL. Free it with tlsdiag_handshake_free().
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed; `ssl` is NULL or an SSL that is alive; `handshake` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_recorder_latest_for_ssl(struct tlsdiag_recorder *recorder,
                                               void *ssl,
                                               struct tlsdiag_handshake **handshake);

/**
 * Waits until a recorder that works in the background has handed over all that has finished so far. For any other this does
 * nothing; within a callback of the recorder it fails with TLSDIAG_REENTERED.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed.
 */
tlsdiag_status tlsdiag_recorder_flush(struct tlsdiag_recorder *recorder);

/**
 * What it has seen so far. Set counts->size first.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed; `counts` is NULL or as long as its size says.
 */
tlsdiag_status tlsdiag_recorder_count(const struct tlsdiag_recorder *recorder,
                                      struct tlsdiag_recorder_counts *counts);

/**
 * Records every connection of an SSL_CTX from now on, also those that exist and have not begun their handshake. Attaching again
 * changes nothing, and no handshake is told twice.
 *
 * OpenSSL's callbacks that the application has set are called as before; only the message callback (SSL_CTX_set_msg_callback) has no
 * getter and is replaced, unless tlsdiag_recorder_attach_ctx_with() is told of it.
 *
 * The recorder is attached until it is detached or freed, or the SSL_CTX is freed, whichever comes first.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX of OpenSSL 1.1.1 or later whose library is never unloaded. No
 * other thread uses the SSL_CTX during the call: attach before threads share it, as with every setter of OpenSSL.
 */
tlsdiag_status tlsdiag_recorder_attach_ctx(struct tlsdiag_recorder *recorder,
                                           void *ctx);

/**
 * The same with options; NULL are the defaults. Where the recorder is attached already they take the place of the ones before.
 *
 * The caller sees to it:
 * As for tlsdiag_recorder_attach_ctx(); `options` is NULL or as long as its size says, and what it points at is as described there.
 */
tlsdiag_status tlsdiag_recorder_attach_ctx_with(struct tlsdiag_recorder *recorder,
                                                void *ctx,
                                                const struct tlsdiag_attach_options *options);

/**
 * Records one SSL, from its next handshake on. QUIC and DTLS are refused with TLSDIAG_UNSUPPORTED. If the recorder is attached to its
 * SSL_CTX as well, the handshake is told once all the same.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `ssl` is NULL or an SSL of OpenSSL 1.1.1 or later whose library is never unloaded, and no
 * other thread uses it during the call; with a key log, no other thread uses its SSL_CTX either.
 */
tlsdiag_status tlsdiag_recorder_attach_ssl(struct tlsdiag_recorder *recorder,
                                           void *ssl);

/**
 * The same with options; NULL are the defaults.
 *
 * The caller sees to it:
 * As for tlsdiag_recorder_attach_ssl(); `options` is NULL or as long as its size says, and what it points at is as described there.
 */
tlsdiag_status tlsdiag_recorder_attach_ssl_with(struct tlsdiag_recorder *recorder,
                                                void *ssl,
                                                const struct tlsdiag_attach_options *options);

/**
 * Stops recording the connections of an SSL_CTX, at once: handshakes in the middle are not told. OpenSSL's callbacks stay in place
 * and pass everything on. TLSDIAG_NOT_FOUND if the recorder is not attached there. Other threads may use the SSL_CTX meanwhile.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX that is alive.
 */
tlsdiag_status tlsdiag_recorder_detach_ctx(struct tlsdiag_recorder *recorder,
                                           void *ctx);

/**
 * The same for an SSL that the recorder was attached to itself.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `ssl` is NULL or an SSL that is alive.
 */
tlsdiag_status tlsdiag_recorder_detach_ssl(struct tlsdiag_recorder *recorder, void *ssl);

/**
 * Whether the recorder is attached to this very SSL_CTX: 1 or 0.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX that is alive; `attached` is NULL or has room for an int.
 */
tlsdiag_status tlsdiag_recorder_is_attached_ctx(struct tlsdiag_recorder *recorder,
                                                void *ctx,
                                                int *attached);

/**
 * Of how many earlier handshakes of its client it says something: a server's that succeeds where others ended without a word takes
 * the suspicion away, or proves it.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_earlier_count(const struct tlsdiag_handshake *handshake,
                                               size_t *count);

/**
 * What it says of an earlier handshake, counted from 0. Set earlier->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome(), and `earlier` is as long as its size says.
 */
tlsdiag_status tlsdiag_handshake_earlier(const struct tlsdiag_handshake *handshake,
                                         size_t index,
                                         struct tlsdiag_earlier *earlier);

/**
 * Makes another handle of the same handshake, which costs next to nothing: to keep what a callback has borrowed. Free it with
 * tlsdiag_handshake_free().
 *
 * The caller sees to it:
 * `handshake` is NULL or a handshake that has not been freed; `clone` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_handshake_clone(const struct tlsdiag_handshake *handshake,
                                       struct tlsdiag_handshake **clone);

/**
 * Frees a handshake, and every string and finding that came from it. NULL is fine; so is one that a callback has borrowed,
 * where this does nothing.
 *
 * The caller sees to it:
 * `handshake` is NULL or has not been freed, and no other thread uses this handle now.
 */
void tlsdiag_handshake_free(struct tlsdiag_handshake *handshake);

/**
 * How it ended.
 *
 * The caller sees to it:
 * `handshake` is NULL or a handshake that has not been freed; the place for the result is NULL or has room for it.
 */
tlsdiag_status tlsdiag_handshake_outcome(const struct tlsdiag_handshake *handshake,
                                         tlsdiag_outcome *outcome);

/**
 * Who ended it.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_by(const struct tlsdiag_handshake *handshake, tlsdiag_by *by);

/**
 * Which end recorded it.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_role(const struct tlsdiag_handshake *handshake, tlsdiag_role *role);

/**
 * The number of its connection: never used twice within a process. 0 for a handshake that was read from a record.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_connection_id(const struct tlsdiag_handshake *handshake,
                                               uint64_t *id);

/**
 * The SSL that it happened on, within a callback that runs on the handshake's own thread: read from it (SSL_get_ex_data),
 * and change nothing. NULL at any other time, in another thread, and where the SSL is being freed.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_ssl(const struct tlsdiag_handshake *handshake,
                                     void **ssl);

/**
 * How many findings there are, without notes. A healthy handshake has none.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_finding_count(const struct tlsdiag_handshake *handshake, size_t *count);

/**
 * A finding, best first, counted from 0. It lives as long as the handshake and is not freed by itself.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_finding(const struct tlsdiag_handshake *handshake,
                                         size_t index,
                                         const struct tlsdiag_finding **finding);

/**
 * How many notes there are: what happened, and is no failure.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_note_count(const struct tlsdiag_handshake *handshake, size_t *count);

/**
 * A note, counted from 0: a finding that is no failure. It lives as long as the handshake and is not freed by itself.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_note(const struct tlsdiag_handshake *handshake,
                                      size_t index,
                                      const struct tlsdiag_finding **note);

/**
 * The whole record as one line of JSON without its newline (schema/handshake-1.json). Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_to_json(const struct tlsdiag_handshake *handshake,
                                         char **json);

/**
 * The whole report for people: what happened, how we know, what to do. Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome(); `options` is NULL or as long as its size says.
 */
tlsdiag_status tlsdiag_handshake_to_text(const struct tlsdiag_handshake *handshake,
                                         const struct tlsdiag_text_options *options,
                                         char **text);

/**
 * Unique among all records: time, process and connection.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_id(const struct tlsdiag_handshake *handshake, const char **id);

/**
 * When it began, RFC 3339 in UTC.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_time(const struct tlsdiag_handshake *handshake, const char **time);

/**
 * The handshake message that was being made, read or waited for when it ended, such as "certificate_verify"; NULL where it
 * was established.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_stage(const struct tlsdiag_handshake *handshake,
                                       const char **stage);

/**
 * The code of the root cause, such as "client_cert.missing"; NULL for a healthy handshake, and for a failure that nothing
 * explains.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_cause(const struct tlsdiag_handshake *handshake,
                                       const char **cause);

/**
 * The verdict in one word: the code of the cause, "ok" for a healthy handshake, the code of a note for one that was not completed and
 * is no failure, "unexplained" for a failure that nothing
 * explains.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_verdict(const struct tlsdiag_handshake *handshake,
                                         const char **verdict);

/**
 * The verdict in one line, for a log: cause or outcome, side, peer, version and a sentence. Has no newline at its end.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_one_line(const struct tlsdiag_handshake *handshake,
                                          const char **line);

/**
 * The TLS library in its own words, such as "OpenSSL 3.0.19 27 Jan 2026"; NULL if it is not known.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_library(const struct tlsdiag_handshake *handshake, const char **library);

/**
 * The protocol version in use, such as "1.3"; NULL if none was chosen.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_version(const struct tlsdiag_handshake *handshake, const char **version);

/**
 * The cipher suite by its IANA name; NULL if none was chosen.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_cipher(const struct tlsdiag_handshake *handshake, const char **cipher);

/**
 * The named group of the key exchange by its IANA name; NULL if there was none.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_group(const struct tlsdiag_handshake *handshake, const char **group);

/**
 * The name that the client asked for (server_name, RFC 6066); NULL if it asked for none.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_server_name(const struct tlsdiag_handshake *handshake, const char **name);

/**
 * The key of the client, at a server: the same for all handshakes of one client, as far as its address is known; NULL at a client.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_client(const struct tlsdiag_handshake *handshake,
                                        const char **client);

/**
 * The application protocol that was chosen, such as "h2"; NULL if none was.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_alpn(const struct tlsdiag_handshake *handshake, const char **protocol);

/**
 * The JA3 of the ClientHello; NULL if none came.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_ja3(const struct tlsdiag_handshake *handshake, const char **fingerprint);

/**
 * The JA4 of the ClientHello; NULL if none came.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_ja4(const struct tlsdiag_handshake *handshake, const char **fingerprint);

/**
 * The subject of the certificate that the peer showed; NULL if it showed none.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_peer_subject(const struct tlsdiag_handshake *handshake,
                                              const char **subject);

/**
 * The issuer of the certificate that the peer showed; NULL if it showed none.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_peer_issuer(const struct tlsdiag_handshake *handshake, const char **issuer);

/**
 * From its first event to its last, in microseconds.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_duration_us(const struct tlsdiag_handshake *handshake, uint64_t *duration);

/**
 * Whether a session was resumed: 1 or 0.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_resumed(const struct tlsdiag_handshake *handshake, int *resumed);

/**
 * The peer's IP address as text and its TCP port; NULL and 0 if they are not known.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome(); `port` likewise.
 */
tlsdiag_status tlsdiag_handshake_peer(const struct tlsdiag_handshake *handshake,
                                      const char **address,
                                      uint16_t *port);

/**
 * How many events were not kept, such as those past the bounds of a recording.
 *
 * The caller sees to it:
 * As for tlsdiag_handshake_outcome().
 */
tlsdiag_status tlsdiag_handshake_missed_events(const struct tlsdiag_handshake *handshake, uint32_t *missed);

/**
 * The code of the root cause, such as "client_cert.missing". Codes are stable; tlsdiag_cause_find() says what one means.
 *
 * The caller sees to it:
 * `finding` is NULL or a finding whose handshake has not been freed; `cause` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_finding_cause(const struct tlsdiag_finding *finding,
                                     const char **cause);

/**
 * How sure it is.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_confidence(const struct tlsdiag_finding *finding,
                                          tlsdiag_confidence *confidence);

/**
 * How bad it is.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_severity(const struct tlsdiag_finding *finding, tlsdiag_severity *severity);

/**
 * Where it has to be mended.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_side(const struct tlsdiag_finding *finding, tlsdiag_side *side);

/**
 * The handshake message that was being made, read or waited for when it ended, such as "certificate_verify"; NULL where the
 * handshake was established.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_stage(const struct tlsdiag_finding *finding,
                                     const char **stage);

/**
 * One sentence: what happened.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_summary(const struct tlsdiag_finding *finding, const char **summary);

/**
 * A few sentences: why, and what that means. May be empty.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_explanation(const struct tlsdiag_finding *finding, const char **explanation);

/**
 * How many pieces of evidence there are.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_evidence_count(const struct tlsdiag_finding *finding, size_t *count);

/**
 * A piece of evidence, counted from 0. Set evidence->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause(), and `evidence` is as long as its size says.
 */
tlsdiag_status tlsdiag_finding_evidence(const struct tlsdiag_finding *finding,
                                        size_t index,
                                        struct tlsdiag_evidence *evidence);

/**
 * How many causes this side cannot tell from the one named.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_alternative_count(const struct tlsdiag_finding *finding, size_t *count);

/**
 * A cause that this side cannot tell from the one named, with what would tell; counted from 0. Set alternative->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause(), and `alternative` is as long as its size says.
 */
tlsdiag_status tlsdiag_finding_alternative(const struct tlsdiag_finding *finding,
                                           size_t index,
                                           struct tlsdiag_look_alike *alternative);

/**
 * How many look-alikes are ruled out.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_ruled_out_count(const struct tlsdiag_finding *finding, size_t *count);

/**
 * A look-alike that is ruled out, with the reason; counted from 0. Set ruled_out->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause(), and `ruled_out` is as long as its size says.
 */
tlsdiag_status tlsdiag_finding_ruled_out(const struct tlsdiag_finding *finding,
                                         size_t index,
                                         struct tlsdiag_look_alike *ruled_out);

/**
 * How many pieces of advice there are.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause().
 */
tlsdiag_status tlsdiag_finding_advice_count(const struct tlsdiag_finding *finding, size_t *count);

/**
 * A piece of advice, best first, counted from 0. Set advice->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause(), and `advice` is as long as its size says.
 */
tlsdiag_status tlsdiag_finding_advice(const struct tlsdiag_finding *finding,
                                      size_t index,
                                      struct tlsdiag_advice *advice);

/**
 * The best piece of advice for one kind of software, such as "nginx"; TLSDIAG_NOT_FOUND if there is none for it. Set
 * advice->size first.
 *
 * The caller sees to it:
 * As for tlsdiag_finding_cause(), `stack` is NULL or a C string, and `advice` is as long as its size says.
 */
tlsdiag_status tlsdiag_finding_advice_for(const struct tlsdiag_finding *finding,
                                          const char *stack,
                                          struct tlsdiag_advice *advice);

/**
 * The outcome's name as records write it, such as "established_unverified"; never NULL.
 */
const char *tlsdiag_outcome_str(int32_t outcome);

/**
 * "local", "peer", "transport" or "nobody"; never NULL.
 */
const char *tlsdiag_by_str(int32_t by);

/**
 * "client" or "server"; never NULL.
 */
const char *tlsdiag_role_str(int32_t role);

/**
 * "certain", "likely" or "possible"; never NULL.
 */
const char *tlsdiag_confidence_str(int32_t confidence);

/**
 * "error" or "warning"; never NULL.
 */
const char *tlsdiag_severity_str(int32_t severity);

/**
 * "client", "server", "network" or "local"; never NULL.
 */
const char *tlsdiag_side_str(int32_t side);

/**
 * Frees a string that a function of this header gave as `char *`; those given as `const char *` are not yours to free. NULL
 * is fine.
 *
 * The caller sees to it:
 * `string` is NULL or was given by this library as `char *`, and has not been freed.
 */
void tlsdiag_string_free(char *string);

/**
 * Reads one record from its line of JSON; a newline at its end is fine. Free it with tlsdiag_handshake_free().
 *
 * The caller sees to it:
 * `data` is NULL or points at `length` bytes; `handshake` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_handshake_from_json(const char *data,
                                           size_t length,
                                           struct tlsdiag_handshake **handshake);

/**
 * Reads the bytes of a file of JSON lines and calls `callback` with each record, or with what is wrong with a line: a bad line spoils no
 * other. It returns TLSDIAG_OK whatever the lines hold.
 *
 * The caller sees to it:
 * `data` is NULL or points at `length` bytes; `callback` may be called with `userdata`.
 */
tlsdiag_status tlsdiag_jsonl_read(const char *data,
                                  size_t length,
                                  tlsdiag_line_callback callback,
                                  void *userdata);

/**
 * Explains the bytes of a file of JSON lines: the report of each handshake and of each setup that failed, and a sentence for each line that is no record. TLSDIAG_MALFORMED
 * if no line is one. Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * `data` is NULL or points at `length` bytes; `options` is NULL or as long as its size says; `text` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_jsonl_explain(const char *data,
                                     size_t length,
                                     const struct tlsdiag_text_options *options,
                                     char **text);

/**
 * Opens a file for appending, and makes it if there is none. Free it with tlsdiag_writer_free().
 *
 * A server should open it before it gives up its privileges: the descriptor stays good afterwards, and in every process that is forked.
 *
 * The caller sees to it:
 * `path` is NULL or a C string; `writer` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_writer_open(const char *path,
                                   struct tlsdiag_writer **writer);

/**
 * Writes to a descriptor that the application has opened with O_APPEND, or to a pipe. It is duplicated, so that the application's own may
 * be closed. Free it with tlsdiag_writer_free().
 *
 * The caller sees to it:
 * `writer` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_writer_from_fd(int fd,
                                      struct tlsdiag_writer **writer);

/**
 * Appends a handshake as one line of JSON.
 *
 * The caller sees to it:
 * `writer` is NULL or has not been freed; `handshake` likewise.
 */
tlsdiag_status tlsdiag_writer_append(struct tlsdiag_writer *writer,
                                     const struct tlsdiag_handshake *handshake);

/**
 * Appends a setup that failed as one line of JSON, to the same file.
 *
 * The caller sees to it:
 * `writer` is NULL or has not been freed; `setup` likewise.
 */
tlsdiag_status tlsdiag_writer_append_setup(struct tlsdiag_writer *writer, const struct tlsdiag_setup *setup);

/**
 * Opens the file anew by its name, after it was moved away (logrotate). Other threads may be appending. If it fails, the old file stays in
 * use. TLSDIAG_BAD_VALUE for a writer made from a descriptor, which has no name.
 *
 * The caller sees to it:
 * `writer` is NULL or has not been freed.
 */
tlsdiag_status tlsdiag_writer_reopen(struct tlsdiag_writer *writer);

/**
 * Closes the file. NULL is fine.
 *
 * The caller sees to it:
 * `writer` is NULL or has not been freed, and no other thread uses it now or will.
 */
void tlsdiag_writer_free(struct tlsdiag_writer *writer);

/**
 * How many causes the catalogue has.
 *
 * The caller sees to it:
 * `count` is NULL or has room for a size_t.
 */
tlsdiag_status tlsdiag_cause_count(size_t *count);

/**
 * A cause of the catalogue, counted from 0. Set cause->size first.
 *
 * The caller sees to it:
 * `cause` is NULL or as long as its size says.
 */
tlsdiag_status tlsdiag_cause_at(size_t index, struct tlsdiag_cause *cause);

/**
 * The cause with a code, such as "client_cert.missing". Set cause->size first.
 *
 * The caller sees to it:
 * `code` is NULL or a C string; `cause` is NULL or as long as its size says.
 */
tlsdiag_status tlsdiag_cause_find(const char *code, struct tlsdiag_cause *cause);

/**
 * Decodes a ClientHello: the message with its header of four bytes, or the TLS records that carry it. The JSON has what it offers
 * (`offer`, as in a whole record), and `ja3`, `ja3_text` and `ja4`. Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * `data` is NULL or points at `length` bytes; `json` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_client_hello_to_json(const uint8_t *data,
                                            size_t length,
                                            char **json);

/**
 * Reads one record of a setup from its line of JSON; a newline at its end is fine. TLSDIAG_MALFORMED where it is none, or a handshake's.
 * Free it with tlsdiag_setup_free().
 *
 * The caller sees to it:
 * `data` is NULL or points at `length` bytes; `setup` is NULL or has room for a pointer.
 */
tlsdiag_status tlsdiag_setup_from_json(const char *data,
                                       size_t length,
                                       struct tlsdiag_setup **setup);

/**
 * Frees a setup, and every string and finding that came from it. NULL is fine; so is one that a callback has borrowed, where this does
 * nothing.
 *
 * The caller sees to it:
 * `setup` is NULL or has not been freed, and no other thread uses it now.
 */
void tlsdiag_setup_free(struct tlsdiag_setup *setup);

/**
 * The cause's code, such as "config.key_mismatch", or "unexplained".
 *
 * The caller sees to it:
 * `setup` is NULL or a setup that has not been freed; the place for the result is NULL or has room for it.
 */
tlsdiag_status tlsdiag_setup_verdict(const struct tlsdiag_setup *setup, const char **verdict);

/**
 * All in one line, for a log.
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict().
 */
tlsdiag_status tlsdiag_setup_one_line(const struct tlsdiag_setup *setup, const char **line);

/**
 * OpenSSL's function that failed.
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict().
 */
tlsdiag_status tlsdiag_setup_function(const struct tlsdiag_setup *setup, const char **function);

/**
 * The file or folder that it was given, or from which it read; NULL where that is not known.
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict().
 */
tlsdiag_status tlsdiag_setup_file(const struct tlsdiag_setup *setup, const char **file);

/**
 * Why it failed; TLSDIAG_NOT_FOUND where no rule knows. It lives as long as the setup and is not freed by itself.
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict().
 */
tlsdiag_status tlsdiag_setup_finding(const struct tlsdiag_setup *setup,
                                     const struct tlsdiag_finding **finding);

/**
 * The whole record as one line of JSON without its newline (schema/setup-1.json). Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict().
 */
tlsdiag_status tlsdiag_setup_to_json(const struct tlsdiag_setup *setup,
                                     char **json);

/**
 * The whole report for people. Free it with tlsdiag_string_free().
 *
 * The caller sees to it:
 * As for tlsdiag_setup_verdict(); `options` is NULL or as long as its size says.
 */
tlsdiag_status tlsdiag_setup_to_text(const struct tlsdiag_setup *setup,
                                     const struct tlsdiag_text_options *options,
                                     char **text);

/**
 * Calls `callback` with each setup that is said to have failed from now on; NULL takes the callback away. When this returns, the callback
 * that was there before runs nowhere any more, but where this was called from within it. tlsdiag_recorder_on_handshake() never sees them.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed. `callback` may be called with `userdata` until another one takes its place or the recorder is
 * freed.
 */
tlsdiag_status tlsdiag_recorder_on_setup(struct tlsdiag_recorder *recorder,
                                         tlsdiag_setup_callback callback,
                                         void *userdata);

/**
 * Says that a function of OpenSSL's has just failed on this thread that was to set up `ctx`, such as "SSL_CTX_use_PrivateKey_file", and
 * what it was given: the name of a file or folder, or NULL. The thread's error queue is read and left as it is, so call this before
 * anything empties it. The callback for setups runs before this returns. Say it of what counts: not of a file that need not be there, nor
 * of a passphrase while there is another one to be tried.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed; `ctx` is NULL or an SSL_CTX that is alive, and no other thread changes it now; `function` is
 * NULL or a string, and so is `file`.
 */
tlsdiag_status tlsdiag_recorder_setup_failed(struct tlsdiag_recorder *recorder,
                                             void *ctx,
                                             const char *function,
                                             const char *file);

/**
 * Says that a connection to a TLS port ended before OpenSSL saw it: servers that look at the first bytes themselves give it those alone
 * that begin as TLS does. It becomes a handshake like any other, with a cause such as not_tls.plain_http or transport.closed_before_hello,
 * and reaches the recorder's callback or queue before this returns, or by the recorder's thread.
 *
 * The caller sees to it:
 * `recorder` is NULL or has not been freed; `connection` is NULL or as long as its size says, and what it points at is as described there.
 */
tlsdiag_status tlsdiag_recorder_before_tls(struct tlsdiag_recorder *recorder,
                                           const struct tlsdiag_before_tls *connection);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/** tlsdiag_recorder_options with its size set and everything else zero. */
#define TLSDIAG_RECORDER_OPTIONS_INIT { sizeof(tlsdiag_recorder_options), 0, 0, 0, 0, 0, NULL, NULL, NULL, 0 }

/** tlsdiag_attach_options with its size set and everything else zero. */
#define TLSDIAG_ATTACH_OPTIONS_INIT { sizeof(tlsdiag_attach_options), 0, 0, NULL, NULL, NULL }

/** tlsdiag_before_tls with its size set and everything else zero. */
#define TLSDIAG_BEFORE_TLS_INIT { sizeof(tlsdiag_before_tls), 0, 0, 0, 0, NULL, NULL, 0 }

/** tlsdiag_text_options with its size set and everything else zero. */
#define TLSDIAG_TEXT_OPTIONS_INIT { sizeof(tlsdiag_text_options), 0, 0, 0, 0, 0 }

/** tlsdiag_recorder_counts with its size set and everything else zero. */
#define TLSDIAG_RECORDER_COUNTS_INIT { sizeof(tlsdiag_recorder_counts), 0, 0, 0, 0, 0 }

/** tlsdiag_evidence with its size set and everything else zero. */
#define TLSDIAG_EVIDENCE_INIT { sizeof(tlsdiag_evidence), 0, NULL, NULL }

/** tlsdiag_earlier with its size set and everything else zero. */
#define TLSDIAG_EARLIER_INIT { sizeof(tlsdiag_earlier), NULL, NULL, NULL, NULL }

/** tlsdiag_look_alike with its size set and everything else zero. */
#define TLSDIAG_LOOK_ALIKE_INIT { sizeof(tlsdiag_look_alike), NULL, NULL }

/** tlsdiag_advice with its size set and everything else zero. */
#define TLSDIAG_ADVICE_INIT { sizeof(tlsdiag_advice), NULL, NULL, NULL }

/** tlsdiag_cause with its size set and everything else zero. */
#define TLSDIAG_CAUSE_INIT { sizeof(tlsdiag_cause), NULL, NULL, NULL, 0, 0 }


#endif  /* TLSDIAG_H */

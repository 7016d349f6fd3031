/* What stands for a libcrypto: it says which one it is. */
int X509_check_host(void *certificate, const char *name, unsigned long length, unsigned flags, char **found) { return WHO; }

/* Uses the libcrypto that it is linked with. */
int X509_check_host(void *, const char *, unsigned long, unsigned, char **);

int call(void *certificate)
{
    volatile int said = X509_check_host(certificate, "", 0, 0, 0);
    return said;
}

int jump(void *certificate) { return X509_check_host(certificate, "", 0, 0, 0); }

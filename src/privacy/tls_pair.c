#include "privacy/openssl.h"

#include "privacy/tls_pair.h"

#include <time.h>

static void bio_cleanup(BIO **bio)
{
    BIO_free(*bio);
}

static void certificate_cleanup(X509 **certificate)
{
    X509_free(*certificate);
}

/* Nobody is asked for a pass phrase. */
static int no_phrase(char *to, int size, int writing, void *context)
{
    (void)to;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static X509 *read_certificate(struct slice text)
{
    CLEANUP(bio_cleanup) BIO *bio = BIO_new_mem_buf(text.data, (int)text.length);
    return bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, no_phrase, NULL);
}

static EVP_PKEY *read_key(struct slice text)
{
    CLEANUP(bio_cleanup) BIO *bio = BIO_new_mem_buf(text.data, (int)text.length);
    return bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    struct tm parts;
    return time != NULL && ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

enum error_code tls_pair_read(struct slice certificate, struct slice key, struct error *error,
                              struct tls_pair *ret_pair)
{
    CLEANUP(certificate_cleanup) X509 *read = read_certificate(certificate);
    CLEANUP(openssl_pkey_cleanup) EVP_PKEY *private_key = read_key(key);
    if (read == NULL)
        return FAIL_OPENSSL(error, ERROR_INPUT, "tls-certificate", "this is no certificate in PEM");
    if (private_key == NULL)
        return FAIL_OPENSSL(error, ERROR_INPUT, "tls-key",
                            "this is no private key in PEM without a pass phrase");
    if (X509_check_private_key(read, private_key) != 1)
        return FAIL_OPENSSL(error, ERROR_INPUT, "tls-pair", "the private key is not that of the certificate");
    ret_pair->not_before = seconds_of(X509_get0_notBefore(read));
    ret_pair->not_after = seconds_of(X509_get0_notAfter(read));
    return OK;
}

bool tls_certificate_is_for(struct slice certificate, const char *host)
{
    CLEANUP(certificate_cleanup) X509 *read = read_certificate(certificate);
    return read != NULL &&
           (X509_check_host(read, host, 0, 0, NULL) == 1 || X509_check_ip_asc(read, host, 0) == 1);
}

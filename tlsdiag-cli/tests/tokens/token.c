/* A token of PKCS #11 that is as its environment says, for what no token of software has: locked PINs, a reader with keys of its own,
 * keys that want their PIN each time, and names that act on terminals. Each login is a line in the file TOKEN_LOG.
 *
 *   TOKEN_FLAGS  of CK_TOKEN_INFO, in decimal
 *   TOKEN_LABEL  up to 32 bytes
 *   TOKEN_CERT   a file with a certificate in DER
 *   TOKEN_EACH   CKA_ALWAYS_AUTHENTICATE of its key
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ul;
typedef unsigned char byte;

struct version { byte major, minor; };
struct token_info {
    byte label[32], maker[32], model[16], serial[16];
    ul flags, sessions[4], most_pin, least_pin, memory[4];
    struct version hardware, firmware;
    byte time[16];
};
struct mechanism_info { ul least, most, flags; };
struct attribute { ul type; void *value; ul length; };

enum {
    OK = 0, UNSUPPORTED = 0x54, PIN_INCORRECT = 0xa0, NOT_LOGGED_IN = 0x101, TYPE_INVALID = 0x12, SMALL = 0x150,
    CLASS = 0, LABEL = 3, VALUE = 0x11, ID = 0x102, SIGN = 0x108, CERTIFICATE_TYPE = 0x80, ALWAYS = 0x202,
    CERTIFICATE = 1, PRIVATE_KEY = 3, RSA_PKCS_PSS = 0xd, CAN_SIGN = 0x800
};

static ul wanted_class;
static int found, logged_in;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static void note(const char *what) {
    FILE *file = fopen(setting("TOKEN_LOG"), "a");
    if (file) {
        fprintf(file, "%s\n", what);
        fclose(file);
    }
}

static ul initialize(void *arguments) { (void)arguments; return OK; }
static ul finalize(void *reserved) { (void)reserved; return OK; }

static ul slot_list(byte present, ul *slots, ul *count) {
    (void)present;
    if (slots) slots[0] = 7;
    *count = 1;
    return OK;
}

static ul token_info(ul slot, struct token_info *info) {
    const char *label = setting("TOKEN_LABEL");
    size_t length = strlen(label);
    (void)slot;
    memset(info, 0, sizeof *info);
    memset(info->label, ' ', sizeof info->label);
    memset(info->maker, ' ', sizeof info->maker);
    memset(info->model, ' ', sizeof info->model);
    memset(info->serial, ' ', sizeof info->serial);
    memset(info->time, '0', sizeof info->time);
    memcpy(info->label, label, length > 32 ? 32 : length);
    memcpy(info->maker, "\033[2Jmaker\007", 10);
    info->flags = strtoul(setting("TOKEN_FLAGS"), NULL, 10);
    info->most_pin = 8;
    info->least_pin = 4;
    return OK;
}

static ul mechanism_list(ul slot, ul *mechanisms, ul *count) {
    (void)slot;
    if (mechanisms) mechanisms[0] = RSA_PKCS_PSS;
    *count = 1;
    return OK;
}

static ul mechanism_info(ul slot, ul mechanism, struct mechanism_info *info) {
    (void)slot, (void)mechanism;
    memset(info, 0, sizeof *info);
    info->flags = CAN_SIGN;
    return OK;
}

static ul open_session(ul slot, ul flags, void *application, void *notify, ul *session) {
    (void)slot, (void)flags, (void)application, (void)notify;
    *session = 1;
    return OK;
}

static ul close_session(ul session) { (void)session; return OK; }

static ul login(ul session, ul user, byte *pin, ul length) {
    (void)session, (void)user;
    note(pin ? "login with a PIN" : "login without a PIN");
    if (pin && (length != 4 || memcmp(pin, "1234", 4))) return PIN_INCORRECT;
    logged_in = 1;
    return OK;
}

static ul find_init(ul session, struct attribute *template, ul count) {
    (void)session;
    found = 0;
    for (ul at = 0; at < count; at++)
        if (template[at].type == CLASS) memcpy(&wanted_class, template[at].value, sizeof wanted_class);
    return OK;
}

static ul find(ul session, ul *objects, ul most, ul *count) {
    (void)session, (void)most;
    *count = 0;
    if (!found && (wanted_class == CERTIFICATE || (wanted_class == PRIVATE_KEY && logged_in))) {
        objects[0] = wanted_class;
        *count = 1;
    }
    found = 1;
    return OK;
}

static ul find_final(ul session) { (void)session; return OK; }

static ul give(struct attribute *into, const void *value, ul length) {
    if (into->value && into->length < length) {
        into->length = (ul)-1;
        return SMALL;
    }
    if (into->value) memcpy(into->value, value, length);
    into->length = length;
    return OK;
}

static ul attributes(ul session, ul object, struct attribute *template, ul count) {
    static byte certificate[8192];
    byte yes = 1, each = *setting("TOKEN_EACH") != 0;
    ul said = OK;
    (void)session, (void)object;
    for (ul at = 0; at < count; at++) {
        ul one = OK;
        switch (template[at].type) {
        case ID: one = give(&template[at], "\1", 1); break;
        case LABEL: one = give(&template[at], "key\033[31m\n", 9); break;
        case SIGN: one = give(&template[at], &yes, 1); break;
        case ALWAYS: one = give(&template[at], &each, 1); break;
        case VALUE: {
            FILE *file = fopen(setting("TOKEN_CERT"), "rb");
            ul length = file ? fread(certificate, 1, sizeof certificate, file) : 0;
            if (file) fclose(file);
            one = give(&template[at], certificate, length);
            break;
        }
        default: template[at].length = (ul)-1; one = TYPE_INVALID;
        }
        if (one != OK) said = one;
    }
    return said;
}

static ul sign_init(ul session, void *mechanism, ul key) {
    (void)session, (void)mechanism, (void)key;
    note("a signature");
    return UNSUPPORTED;
}

static ul unsupported(void) { return UNSUPPORTED; }

/* CK_FUNCTION_LIST of 2.40, by the number of each function there. */
static struct { struct version version; void *functions[68]; } list = {{2, 40}, {0}};

ul C_GetFunctionList(void *into) {
    for (int at = 0; at < 68; at++) list.functions[at] = (void *)unsupported;
    list.functions[0] = (void *)initialize;
    list.functions[1] = (void *)finalize;
    list.functions[3] = (void *)C_GetFunctionList;
    list.functions[4] = (void *)slot_list;
    list.functions[6] = (void *)token_info;
    list.functions[7] = (void *)mechanism_list;
    list.functions[8] = (void *)mechanism_info;
    list.functions[12] = (void *)open_session;
    list.functions[13] = (void *)close_session;
    list.functions[18] = (void *)login;
    list.functions[24] = (void *)attributes;
    list.functions[26] = (void *)find_init;
    list.functions[27] = (void *)find;
    list.functions[28] = (void *)find_final;
    list.functions[42] = (void *)sign_init;
    *(void **)into = &list;
    return OK;
}

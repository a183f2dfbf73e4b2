#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

enum error_code library_load(const char *file, const char *package, const struct library_function *functions,
                             size_t count, struct error *error)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return FAIL(error, ERROR_IO, "no-library", "%s is missing (apt install %s)", file, package);
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, functions[i].name);
        if (function == NULL)
            return FAIL(error, ERROR_IO, "no-library", "%s has no %s (apt install %s)", file,
                        functions[i].name, package);
        memcpy(functions[i].place, &function, sizeof function);
    }
    return OK;
}

/* What `cleaner.fold.View` works out in Python, in one pass over the text. The tables come from `cleaner.fold`, so that
 * what is one letter with what stands in one place; a text that needs more thought than a table is left to Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define TABLE 0x10000
#define AT_ONCE 32 /* characters that are looked at together: compilers make one instruction of each step */

typedef struct {
    PyObject_HEAD
    Py_UCS2 plain[TABLE];   /* a character of the BMP with typographic variants made one */
    Py_UCS2 folded[TABLE];  /* that in one case */
} Folder;

typedef struct {
    Py_ssize_t *starts;
    Py_ssize_t count, room;
} Lines;

static int
add_line(Lines *lines, Py_ssize_t start)
{
    if (lines->count == lines->room) {
        Py_ssize_t room = lines->room ? 2 * lines->room : 64;
        Py_ssize_t *starts = PyMem_Realloc(lines->starts, room * sizeof(Py_ssize_t));
        if (!starts) {
            PyErr_NoMemory();
            return -1;
        }
        lines->starts = starts;
        lines->room = room;
    }
    lines->starts[lines->count++] = start;
    return 0;
}

/* Whether a character at the start of a line is stepped over to its first letter, digit or sign of value. */
static inline int
is_mark(Py_UCS4 code)
{
    return !(Py_UNICODE_ISALNUM(code) || code == '_' || code == 0xA9 || code == '@' || code == '#' || code == '+'
             || code == '&');
}

/* For each width of characters: map `size` of them from `text` to `plain` and `folded`, and note where lines start.
 * Return 1; 0 where Python has to do it: a dump with its line feeds written as \n, or a letter too wide; -1 for an error. */
#define MAPPED(NAME, UNIT, LARGEST)                                                                                    \
    static int NAME(const Folder *self, const UNIT *text, UNIT *plain, UNIT *folded, Py_ssize_t size, Lines *lines)    \
    {                                                                                                                  \
        Py_ssize_t written = 0;                                                                                        \
        int after_backslash = 0;                                                                                       \
        for (Py_ssize_t from = 0, to; from < size; from = to) {                                                        \
            to = from + AT_ONCE;                                                                                       \
            if (to > size)                                                                                             \
                to = size;                                                                                             \
            else {                                                                                                     \
                UNIT is_other = 0;                                                                                     \
                for (int j = 0; j < AT_ONCE; j++) {                                                                    \
                    UNIT unit = text[from + j];                                                                        \
                    plain[from + j] = unit;                                                                            \
                    folded[from + j] = (UNIT)(unit + ((unit >= 'A' && unit <= 'Z') << 5));                             \
                    is_other |= (UNIT)((unit < ' ') | (unit > '~') | (unit == '`'));                                   \
                }                                                                                                      \
                if (!is_other)                                                                                         \
                    continue;                                                                                          \
            }                                                                                                          \
            for (Py_ssize_t i = from; i < to; i++) {                                                                   \
                Py_UCS4 code = text[i], one, low;                                                                      \
                if (code < TABLE) {                                                                                    \
                    one = self->plain[code];                                                                           \
                    low = self->folded[code];                                                                          \
                } else {                                                                                               \
                    one = code;                                                                                        \
                    low = Py_UNICODE_TOLOWER(code);                                                                    \
                }                                                                                                      \
                if (one <= '\r') {                                                                                     \
                    if (one == '\r')                                                                                   \
                        one = low = i + 1 < size && text[i + 1] == '\n' ? ' ' : '\n';                                  \
                    if (one == '\n' && add_line(lines, i + 1) < 0)                                                     \
                        return -1;                                                                                     \
                }                                                                                                      \
                if (low > LARGEST)                                                                                     \
                    return 0;                                                                                          \
                plain[i] = (UNIT)one;                                                                                  \
                folded[i] = (UNIT)low;                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
        if (lines->count == 1)                                                                                         \
            for (Py_ssize_t i = 0; i < size; i++) {                                                                    \
                written += after_backslash && plain[i] == 'n';                                                         \
                after_backslash = plain[i] == '\\';                                                                    \
            }                                                                                                          \
        return written < 2;                                                                                            \
    }

MAPPED(mapped_1, Py_UCS1, 0xFF)
MAPPED(mapped_2, Py_UCS2, 0xFFFF)
MAPPED(mapped_4, Py_UCS4, 0x10FFFF)

static inline unsigned char *
written(Py_UCS4 code, unsigned char *next)
{
    if (code < 0x80) {
        *next++ = (unsigned char)code;
        return next;
    }
    if (code < 0x800) {
        *next++ = (unsigned char)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *next++ = (unsigned char)(0xE0 | code >> 12);
        } else {
            *next++ = (unsigned char)(0xF0 | code >> 18);
            *next++ = (unsigned char)(0x80 | (code >> 12 & 0x3F));
        }
        *next++ = (unsigned char)(0x80 | (code >> 6 & 0x3F));
    }
    *next++ = (unsigned char)(0x80 | (code & 0x3F));
    return next;
}

/* For each width of characters: write them as UTF-8, and return where the next one goes. */
#define ENCODED(NAME, UNIT)                                                                                            \
    static unsigned char *NAME(const UNIT *text, Py_ssize_t size, unsigned char *next)                                 \
    {                                                                                                                  \
        for (Py_ssize_t from = 0, to; from < size; from = to) {                                                        \
            to = from + AT_ONCE;                                                                                       \
            if (to > size)                                                                                             \
                to = size;                                                                                             \
            else {                                                                                                     \
                UNIT all = 0;                                                                                          \
                for (int j = 0; j < AT_ONCE; j++) {                                                                    \
                    all |= text[from + j];                                                                             \
                    next[j] = (unsigned char)text[from + j];                                                           \
                }                                                                                                      \
                if (all < 0x80) {                                                                                      \
                    next += AT_ONCE;                                                                                   \
                    continue;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
            for (Py_ssize_t i = from; i < to; i++)                                                                     \
                next = written((Py_UCS4)text[i], next);                                                                \
        }                                                                                                              \
        return next;                                                                                                   \
    }

ENCODED(encoded_1, Py_UCS1)
ENCODED(encoded_2, Py_UCS2)
ENCODED(encoded_4, Py_UCS4)

/* Return the lines as UTF-8, a line break before, between and behind them; and in `starts` the byte where each starts. */
static PyObject *
encoded_lines(const void *folded, int kind, Py_ssize_t size, const Lines *lines, PyObject *starts)
{
    Py_ssize_t most = kind == 1 ? 2 : kind == 2 ? 3 : 4;
    unsigned char *bytes = PyMem_Malloc(size * most + 2), *next = bytes;
    if (!bytes)
        return PyErr_NoMemory();
    *next++ = '\n';
    for (Py_ssize_t number = 0; number < lines->count; number++) {
        PyObject *place = PyLong_FromSsize_t(next - bytes);
        if (!place) {
            PyMem_Free(bytes);
            return NULL;
        }
        PyList_SET_ITEM(starts, number, place);
        Py_ssize_t start = lines->starts[number];
        Py_ssize_t length = (number + 1 < lines->count ? lines->starts[number + 1] - 1 : size) - start;
        next = kind == 1 ? encoded_1((const Py_UCS1 *)folded + start, length, next)
             : kind == 2 ? encoded_2((const Py_UCS2 *)folded + start, length, next)
                         : encoded_4((const Py_UCS4 *)folded + start, length, next);
        *next++ = '\n';
    }
    PyObject *made = PyBytes_FromStringAndSize((char *)bytes, next - bytes);
    PyMem_Free(bytes);
    return made;
}

/* Add (number, place) of a line that begins with marks: place is behind them. */
static int
add_marked(PyObject *marked, const void *folded, int kind, Py_ssize_t number, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t place = start;
    while (place < end && is_mark(PyUnicode_READ(kind, folded, place)))
        place++;
    if (place == start || place == end)
        return 0;
    PyObject *found = Py_BuildValue("nn", number, place - start);
    int failed = !found || PyList_Append(marked, found) < 0;
    Py_XDECREF(found);
    return failed ? -1 : 0;
}

/* Return (plain, folded, encoded, lines, starts, byte_starts, marked) of a text. */
static PyObject *
viewed(const void *plain, const void *folded, int kind, Py_ssize_t size, const Lines *where)
{
    PyObject *lines = PyList_New(where->count), *starts = PyList_New(where->count);
    PyObject *byte_starts = PyList_New(where->count), *marked = PyList_New(0), *encoded = NULL;
    PyObject *one = PyUnicode_FromKindAndData(kind, plain, size), *low = PyUnicode_FromKindAndData(kind, folded, size);
    if (!lines || !starts || !byte_starts || !marked || !one || !low)
        goto failed;
    for (Py_ssize_t number = 0; number < where->count; number++) {
        Py_ssize_t start = where->starts[number];
        Py_ssize_t end = number + 1 < where->count ? where->starts[number + 1] - 1 : size;
        PyObject *line = PyUnicode_Substring(low, start, end), *place = PyLong_FromSsize_t(start);
        if (line)
            PyList_SET_ITEM(lines, number, line);
        if (place)
            PyList_SET_ITEM(starts, number, place);
        if (!line || !place || add_marked(marked, folded, kind, number, start, end) < 0)
            goto failed;
    }
    encoded = encoded_lines(folded, kind, size, where, byte_starts);
    if (encoded)
        return Py_BuildValue("NNNNNNN", one, low, encoded, lines, starts, byte_starts, marked);
failed:
    Py_XDECREF(one);
    Py_XDECREF(low);
    Py_XDECREF(lines);
    Py_XDECREF(starts);
    Py_XDECREF(byte_starts);
    Py_XDECREF(marked);
    return NULL;
}

static PyObject *
folder_call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    Folder *self = (Folder *)object;
    PyObject *text, *made = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return PyErr_Format(PyExc_TypeError, "a text, and nothing by name");
    if (!PyArg_ParseTuple(args, "U", &text))
        return NULL;
    if (PyUnicode_READY(text) < 0)
        return NULL;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text), done = -1;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t first = size && PyUnicode_READ(kind, data, 0) == 0xFEFF;
    Lines lines = {NULL, 0, 0};
    if (size > PY_SSIZE_T_MAX / 8)
        return PyErr_NoMemory();
    void *plain = PyMem_Malloc(size * kind + 1), *folded = PyMem_Malloc(size * kind + 1);
    if (!plain || !folded)
        PyErr_NoMemory();
    else if (add_line(&lines, first) == 0)
        done = kind == 1 ? mapped_1(self, data, plain, folded, size, &lines)
             : kind == 2 ? mapped_2(self, data, plain, folded, size, &lines)
                         : mapped_4(self, data, plain, folded, size, &lines);
    if (done == 1)
        made = viewed(plain, folded, kind, size, &lines);
    else if (done == 0)
        made = Py_NewRef(Py_None);
    PyMem_Free(plain);
    PyMem_Free(folded);
    PyMem_Free(lines.starts);
    return made;
}

/* Let a table hold the pairs of a dict, each from one character of the BMP to another. */
static int
overlay(Py_UCS2 *table, PyObject *pairs)
{
    PyObject *old, *new;
    for (Py_ssize_t place = 0; PyDict_Next(pairs, &place, &old, &new);) {
        if (!PyUnicode_Check(old) || !PyUnicode_Check(new) || PyUnicode_GetLength(old) != 1
            || PyUnicode_GetLength(new) != 1 || PyUnicode_ReadChar(old, 0) >= TABLE
            || PyUnicode_ReadChar(new, 0) >= TABLE) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "variants must be single characters of the BMP");
            return -1;
        }
        table[PyUnicode_ReadChar(old, 0)] = (Py_UCS2)PyUnicode_ReadChar(new, 0);
    }
    return 0;
}

static PyObject *
folder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *variants, *twins;
    static char *names[] = {"", "", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!", names, &PyDict_Type, &variants, &PyDict_Type, &twins))
        return NULL;
    Folder *self = (Folder *)type->tp_alloc(type, 0);
    Py_UCS2 *twin = PyMem_Malloc(TABLE * sizeof(Py_UCS2));
    if (!self || !twin) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_UCS4 code = 0; code < TABLE; code++)
        self->plain[code] = twin[code] = (Py_UCS2)code;
    if (overlay(self->plain, variants) < 0 || overlay(twin, twins) < 0)
        goto failed;
    for (Py_UCS4 code = 0; code < TABLE; code++)
        self->folded[code] = twin[Py_UNICODE_TOLOWER(self->plain[code])];
    PyMem_Free(twin);
    return (PyObject *)self;
failed:
    PyMem_Free(twin);
    Py_XDECREF(self);
    return NULL;
}

static PyTypeObject FolderType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cleaner._speedups.Folder",
    .tp_doc = PyDoc_STR("Makes of a text what a View holds, by these variants and twins; None where Python has to."),
    .tp_basicsize = sizeof(Folder),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = folder_new,
    .tp_call = folder_call,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "cleaner._speedups", .m_doc = "The view of a text in one pass.", .m_size = -1,
};

PyMODINIT_FUNC
PyInit__speedups(void)
{
    PyObject *made = PyType_Ready(&FolderType) < 0 ? NULL : PyModule_Create(&module);
    if (made && PyModule_AddObjectRef(made, "Folder", (PyObject *)&FolderType) < 0)
        Py_CLEAR(made);
    return made;
}

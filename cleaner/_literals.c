/* Literals found in a text, all at once, as `cleaner.find.scan` does it in Python.
 *
 * Each literal is known by a key: the four bytes of it that were seen least in the texts so far, so that few places of a
 * text need a closer look; one of less than four bytes by two. A first pass marks the places where a key may stand, by a
 * bit of its hash; a second compares what stands there. Keys are chosen anew when more text has been seen; what is found
 * does not depend on them. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define BITS 18 /* 32 KB of bits, which a core's first cache holds */
#define SEEN_BITS 16
#define AT_ONCE 1024
#ifdef __GNUC__
#define SOON(address) __builtin_prefetch(address)
#else
#define SOON(address) ((void)(address))
#endif
#define LEARNT 2000000 /* bytes of text after which keys are no longer chosen anew */
#define FEW 1000       /* literals for which the first text will do */

typedef struct {
    uint64_t head, mask; /* its first bytes, and which of them it has */
    const unsigned char *bytes;
    uint32_t number, size;
    uint32_t offset;          /* where in it its key stands */
    unsigned char behind;     /* of a single byte: the one that makes its key a pair */
    unsigned char is_word, is_last; /* whether no letter or digit may stand beside it; whether the next has another key */
} Literal;

typedef struct {
    uint32_t key, first; /* a key, and behind which literal those stand that are known by it; 0: an empty slot */
} Slot;

typedef struct {
    Py_ssize_t place;
    uint32_t key, is_two; /* what may be a key that stands there, and whether it is one of two bytes */
    uint32_t first;       /* the first literal that is known by it; 0 if none is */
} Key;

typedef struct {
    PyObject_HEAD
    uint32_t count;
    int slot_bits;
    unsigned char *bytes; /* of all literals */
    Literal *literals;    /* those of one key together; one of a single byte once for each pair that it may begin */
    Slot *slots;
    unsigned char fours[1 << (BITS - 3)], twos[1 << (16 - 3)]; /* which keys there may be, and which of two bytes are */
    uint32_t *seen, *twos_seen;       /* how often keys, by a hash, were seen in texts; NULL when enough was */
    Py_ssize_t size_seen, size_known; /* bytes of text seen, and at the time when keys were chosen */
} Literals;

static inline uint32_t
hash(uint32_t key, int bits)
{
    return (key * 2654435761u) >> (32 - bits);
}

static inline uint32_t
two_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t
four_at(const unsigned char *bytes)
{
    return two_at(bytes) | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline int
is_alphanumeric(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
}

static inline int
has(const unsigned char *bits, uint32_t which)
{
    return bits[which >> 3] >> (which & 7) & 1;
}

static inline void
add(unsigned char *bits, uint32_t which)
{
    bits[which >> 3] |= (unsigned char)(1 << (which & 7));
}

static inline Slot *
slot_of(const Literals *self, uint32_t key)
{
    uint32_t place = hash(key, self->slot_bits), last = (1u << self->slot_bits) - 1;
    while (self->slots[place].first && self->slots[place].key != key)
        place = (place + 1) & last;
    return self->slots + place;
}

/* Return the key of a literal, where in it that stands being known. */
static inline uint32_t
key_of(const Literal *one)
{
    const unsigned char *bytes = one->bytes + one->offset;
    return one->size > 3 ? four_at(bytes) : one->size > 1 ? two_at(bytes) : bytes[0] | (uint32_t)one->behind << 8;
}

/* Let the key of a literal be what was seen least of it. */
static void
choose_key(const Literals *self, Literal *one)
{
    uint32_t least = UINT32_MAX, width = one->size > 3 ? 4 : 2;
    for (uint32_t offset = 0; offset + width <= one->size; offset++) {
        const unsigned char *bytes = one->bytes + offset;
        uint32_t count = width == 4 ? self->seen[hash(four_at(bytes), SEEN_BITS)] : self->twos_seen[two_at(bytes)];
        if (count < least) {
            least = count;
            one->offset = offset;
        }
    }
}

static int
choose_keys(Literals *self)
{
    Literal *sorted = PyMem_Malloc((self->count + 1) * sizeof(Literal));
    if (!sorted) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->slots, 0, sizeof(Slot) << self->slot_bits);
    memset(self->fours, 0, sizeof self->fours);
    memset(self->twos, 0, sizeof self->twos);
    for (uint32_t which = 1; which <= self->count; which++) {
        Literal *one = self->literals + which;
        choose_key(self, one);
        uint32_t key = key_of(one);
        Slot *slot = slot_of(self, key);
        *slot = (Slot){key, slot->first + 1};
        if (one->size < 4)
            add(self->twos, key);
        else
            add(self->fours, hash(key, BITS));
    }
    uint32_t next = 1;
    for (uint32_t place = 0; place >> self->slot_bits == 0; place++)
        if (self->slots[place].first)
            self->slots[place].first = next += self->slots[place].first;
    for (uint32_t which = self->count; which; which--)
        sorted[--slot_of(self, key_of(self->literals + which))->first] = self->literals[which];
    for (uint32_t which = 1; which <= self->count; which++)
        sorted[which].is_last = which == self->count || key_of(sorted + which) != key_of(sorted + which + 1);
    PyMem_Free(self->literals);
    self->literals = sorted;
    return 0;
}

/* See a text before it is searched, and choose keys when ten times as much was seen as when they were chosen. */
static int
learn(Literals *self, const unsigned char *text, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i + 4 <= size; i++) {
        self->seen[hash(four_at(text + i), SEEN_BITS)]++;
        self->twos_seen[two_at(text + i)]++;
    }
    Py_ssize_t enough = self->count < FEW ? 1 : LEARNT;
    self->size_seen += size;
    if (self->size_known && self->size_seen < 10 * self->size_known && self->size_seen < enough)
        return 0;
    self->size_known = self->size_seen;
    if (choose_keys(self) < 0)
        return -1;
    if (self->size_seen >= enough) {
        PyMem_Free(self->seen);
        PyMem_Free(self->twos_seen);
        self->seen = self->twos_seen = NULL;
    }
    return 0;
}

/* Whether a literal stands at a place. */
static inline int
is_at(const Literal *one, const unsigned char *text, Py_ssize_t size, Py_ssize_t start)
{
    Py_ssize_t end = start + one->size;
    uint64_t head = 0;
    if (start < 0 || end > size)
        return 0;
    if (size - start >= 8)
        memcpy(&head, text + start, 8);
    else
        memcpy(&head, text + start, size - start);
    if ((head ^ one->head) & one->mask || (one->size > 8 && memcmp(text + start, one->bytes, one->size)))
        return 0;
    return !one->is_word
        || (start && end < size && !is_alphanumeric(text[start - 1]) && !is_alphanumeric(text[end]));
}

/* Add the hits of the literals that are known by a key that stands at a place. */
static int
add_hits(const Literals *self, PyObject *hits, const unsigned char *text, Py_ssize_t size, Key key)
{
    int goes_on = key.first > 0;
    for (const Literal *one = self->literals + key.first; goes_on; goes_on = !one++->is_last) {
        Py_ssize_t start = key.place - one->offset;
        if (!is_at(one, text, size, start) || key.is_two != (one->size < 4))
            continue;
        PyObject *hit = Py_BuildValue("In", (unsigned int)one->number, start + one->size);
        int failed = !hit || PyList_Append(hits, hit) < 0;
        Py_XDECREF(hit);
        if (failed)
            return -1;
    }
    return 0;
}

/* Put down what may be a key at a place where four bytes are known; return how many keys that makes. */
static inline int
put_down(const Literals *self, Key *keys, Py_ssize_t place, uint32_t four)
{
    int count = has(self->fours, hash(four, BITS));
    keys[0] = (Key){place, four, 0, 0};
    keys[count] = (Key){place, four & 0xFFFF, 1, 0};
    return count + has(self->twos, four & 0xFFFF);
}

/* Put down the keys that may stand between two places of a text, and return how many they are. What is done for each
 * place is no branch: no processor could foresee it. */
static int
keys_between(const Literals *self, const unsigned char *text, Py_ssize_t size, Py_ssize_t from, Py_ssize_t to, Key *keys)
{
    uint16_t places[AT_ONCE];
    int count = 0, found = 0;
    Py_ssize_t place = from;
    for (; place < to && place + 4 <= size; place++) {
        uint32_t four = four_at(text + place);
        places[found] = (uint16_t)(place - from);
        found += has(self->fours, hash(four, BITS)) | has(self->twos, four & 0xFFFF);
    }
    for (int which = 0; which < found; which++)
        count += put_down(self, keys + count, from + places[which], four_at(text + from + places[which]));
    for (; place < to; place++) {
        unsigned char last[4] = {0};
        memcpy(last, text + place, size - place);
        count += put_down(self, keys + count, place, four_at(last));
    }
    return count;
}

static PyObject *
literals_call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    Literals *self = (Literals *)object;
    const unsigned char *text;
    Py_ssize_t size;
    Key keys[2 * AT_ONCE + 1];
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return PyErr_Format(PyExc_TypeError, "bytes, and nothing by name");
    if (!PyArg_ParseTuple(args, "y#", &text, &size))
        return NULL;
    if (self->seen && learn(self, text, size) < 0)
        return NULL;
    PyObject *hits = PyList_New(0);
    for (Py_ssize_t from = 0; hits && from < size; from += AT_ONCE) {
        int count = keys_between(self, text, size, from, size - from < AT_ONCE ? size : from + AT_ONCE, keys);
        /* What a literal is known by, and what it is, mostly lies outside the caches: all of it is sent for at once. */
        for (int which = 0; which < count; which++)
            SOON(self->slots + hash(keys[which].key, self->slot_bits));
        for (int which = 0; which < count; which++) {
            keys[which].first = slot_of(self, keys[which].key)->first;
            SOON(self->literals + keys[which].first);
        }
        for (int which = 0; which < count; which++)
            if (add_hits(self, hits, text, size, keys[which]) < 0) {
                Py_CLEAR(hits);
                break;
            }
    }
    return hits;
}

static void
literals_dealloc(PyObject *object)
{
    Literals *self = (Literals *)object;
    PyMem_Free(self->bytes);
    PyMem_Free(self->literals);
    PyMem_Free(self->slots);
    PyMem_Free(self->seen);
    PyMem_Free(self->twos_seen);
    Py_TYPE(object)->tp_free(object);
}

/* Copy the literals. */
static int
take_in(Literals *self, PyObject *literals, PyObject *words)
{
    Py_ssize_t total = 0, entries = 0, count = PyList_GET_SIZE(literals);
    for (Py_ssize_t number = 0; number < count; number++) {
        PyObject *one = PyList_GET_ITEM(literals, number);
        Py_ssize_t size = PyBytes_Check(one) ? PyBytes_GET_SIZE(one) : 0;
        if (!size || size > UINT32_MAX || entries > (1 << 24)) {
            PyErr_SetString(PyExc_ValueError, "literals must be bytes, not empty, and not too many");
            return -1;
        }
        total += size;
        entries += size == 1 ? 0x100 : 1;
    }
    for (self->slot_bits = 4; (1 << self->slot_bits) < entries + entries / 8;)
        self->slot_bits++;
    self->bytes = PyMem_Malloc(total + 1);
    self->literals = PyMem_Malloc((entries + 1) * sizeof(Literal));
    self->slots = PyMem_Malloc(sizeof(Slot) << self->slot_bits);
    self->seen = PyMem_Calloc(1 << SEEN_BITS, sizeof *self->seen);
    self->twos_seen = PyMem_Calloc(0x10000, sizeof *self->twos_seen);
    if (!self->bytes || !self->literals || !self->slots || !self->seen || !self->twos_seen) {
        PyErr_NoMemory();
        return -1;
    }
    unsigned char *next = self->bytes;
    for (Py_ssize_t number = 0; number < count; number++) {
        PyObject *one = PyList_GET_ITEM(literals, number), *which = PyLong_FromSsize_t(number);
        Py_ssize_t size = PyBytes_GET_SIZE(one);
        int is_word = which ? PySet_Contains(words, which) : -1;
        Py_XDECREF(which);
        if (is_word < 0)
            return -1;
        memcpy(next, PyBytes_AS_STRING(one), size);
        Literal made = {.bytes = next, .number = (uint32_t)number, .size = (uint32_t)size, .is_word = (unsigned char)is_word};
        memcpy(&made.head, next, size < 8 ? size : 8);
        memset(&made.mask, 0xFF, size < 8 ? size : 8);
        for (uint32_t behind = 0; behind < (size == 1 ? 0x100 : 1); behind++) {
            if (size == 1)
                made.behind = (unsigned char)behind;
            self->literals[++self->count] = made;
        }
        next += size;
    }
    return 0;
}

static PyObject *
literals_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *literals, *words;
    static char *names[] = {"", "", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!", names, &PyList_Type, &literals, &PyFrozenSet_Type, &words))
        return NULL;
    Literals *self = (Literals *)type->tp_alloc(type, 0);
    if (self && take_in(self, literals, words) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyTypeObject LiteralsType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cleaner._literals.Literals",
    .tp_doc = PyDoc_STR("Finds literals in bytes: called with a text, returns (number, end) of each hit, in no order."),
    .tp_basicsize = sizeof(Literals),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = literals_new,
    .tp_call = literals_call,
    .tp_dealloc = literals_dealloc,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "cleaner._literals", .m_doc = "Literals found in a text, all at once.", .m_size = -1,
};

PyMODINIT_FUNC
PyInit__literals(void)
{
    PyObject *made = PyType_Ready(&LiteralsType) < 0 ? NULL : PyModule_Create(&module);
    if (made && PyModule_AddObjectRef(made, "Literals", (PyObject *)&LiteralsType) < 0)
        Py_CLEAR(made);
    return made;
}

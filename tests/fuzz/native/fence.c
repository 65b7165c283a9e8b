/* An allocator, preloaded, that puts every block of a driven call against a page that cannot be
 * touched: what torch and numpy allocate themselves (outputs, scratch) as well as what they are
 * given. A block is never used twice, so that reading what was freed is found, too. Where alignment
 * leaves bytes between a block and its page they are filled, and looked at when it is freed.
 *
 * Off until cloche_fence(mode) switches it on; what was allocated before stays the libc's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OFF, AT_END, AT_START };

#define PAGE ((size_t)4096)
#define ROOM ((size_t)64 << 30)
#define LARGEST ((size_t)64 << 20)
#define LIVE_MOST ((size_t)1 << 28)
#define FILL 0xA5
#define FRESH 0x5C
#define FRESH_MOST ((size_t)1 << 16)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static volatile int mode = OFF;
static uintptr_t region;
static uint32_t *sizes; /* of the block that begins in a page, by the page's number */
static _Atomic size_t next_page;
static _Atomic size_t live;

static size_t rounded(size_t size) { return (size + PAGE - 1) & ~(PAGE - 1); }

static int is_fenced(const void *block) {
    return region && (uintptr_t)block - region < ROOM;
}

/* Reserves the region. Called once, before any fork. */
int cloche_fence_reserve(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    if (region) return 0;
    void *table = mmap(NULL, ROOM / PAGE * sizeof *sizes, PROT_READ | PROT_WRITE, flags, -1, 0);
    void *blocks = mmap(NULL, ROOM, PROT_NONE, flags, -1, 0);
    if (table == MAP_FAILED || blocks == MAP_FAILED) return errno;
    sizes = table;
    region = (uintptr_t)blocks;
    return 0;
}

void cloche_fence(int wanted) { mode = region ? wanted : OFF; }

static size_t alignment_of(size_t size, size_t asked) {
    /* A tensor is asked for at 64 bytes and needs its element's: what divides its size. */
    size_t natural = size & -size;
    return natural < asked ? natural : asked;
}

static void *fenced(size_t size, size_t alignment) {
    size_t room = rounded(size);
    if (atomic_fetch_add(&live, room) + room > LIVE_MOST) {
        atomic_fetch_sub(&live, room);
        errno = ENOMEM;
        return NULL;
    }
    size_t pages = room / PAGE;
    size_t first = atomic_fetch_add(&next_page, pages + 1) + 1;
    if ((first + pages) * PAGE > ROOM) goto full;
    char *start = (char *)(region + first * PAGE);
    if (mprotect(start, room, PROT_READ | PROT_WRITE)) goto full;
    char *block = start;
    if (mode == AT_END) block = (char *)((uintptr_t)(start + room - size) & ~(alignment - 1));
    memset(start, FILL, (size_t)(block - start));
    memset(block, FRESH, size < FRESH_MOST ? size : FRESH_MOST);
    memset(block + size, FILL, (size_t)(start + room - block - size));
    sizes[first] = (uint32_t)size;
    return block;
full:
    atomic_fetch_sub(&live, room);
    return __libc_memalign(alignment < 16 ? 16 : alignment, size);
}

static void broken(const char *text) {
    ssize_t written = write(2, text, strlen(text));
    (void)written;
    abort();
}

static size_t size_of(const void *block) { return sizes[((uintptr_t)block - region) / PAGE]; }

static void check_and_drop(char *block) {
    size_t size = size_of(block), room = rounded(size);
    char *start = (char *)((uintptr_t)block & ~(PAGE - 1));
    for (char *each = start; each < block; each++)
        if ((unsigned char)*each != FILL) broken("fence: written before a block\n");
    for (char *each = block + size; each < start + room; each++)
        if ((unsigned char)*each != FILL) broken("fence: written past a block\n");
    madvise(start, room, MADV_DONTNEED);
    mprotect(start, room, PROT_NONE);
    atomic_fetch_sub(&live, room);
}

static int is_wanted(size_t size) { return mode != OFF && size && size <= LARGEST; }

void *malloc(size_t size) { return is_wanted(size) ? fenced(size, 16) : __libc_malloc(size); }

void *calloc(size_t count, size_t each) {
    size_t size;
    if (__builtin_mul_overflow(count, each, &size) || !is_wanted(size))
        return __libc_calloc(count, each);
    void *block = fenced(size, 16);
    return block ? memset(block, 0, size) : NULL;
}

void *realloc(void *old, size_t size) {
    if (!is_fenced(old)) return old || !is_wanted(size) ? __libc_realloc(old, size) : fenced(size, 16);
    if (!size) {
        check_and_drop(old);
        return NULL;
    }
    void *block = is_wanted(size) ? fenced(size, 16) : __libc_malloc(size);
    if (!block) return NULL;
    size_t before = size_of(old);
    memcpy(block, old, before < size ? before : size);
    check_and_drop(old);
    return block;
}

void free(void *block) {
    if (is_fenced(block))
        check_and_drop(block);
    else
        __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
    if (!is_wanted(size) || alignment > PAGE) return __libc_memalign(alignment, size);
    return fenced(size, alignment_of(size, alignment));
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **answer, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || alignment & (alignment - 1)) return EINVAL;
    void *block = memalign(alignment, size);
    if (!block) return ENOMEM;
    *answer = block;
    return 0;
}

size_t malloc_usable_size(void *block) {
    static size_t (*libc_size)(void *);
    if (is_fenced(block)) return size_of(block);
    if (!libc_size) libc_size = (size_t (*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
    return libc_size(block);
}

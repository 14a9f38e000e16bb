/* Counts the allocations of a process: `benches/compare` compiles and preloads it, and has CPython allocate with malloc.
 * For glibc. What an allocator takes that is linked into a program or an extension module is not seen.
 */
#include <stdatomic.h>
#include <stddef.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static atomic_size_t count;

size_t allocations(void) { return atomic_load(&count); }

static void *counted(void *memory) {
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return memory;
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t length, size_t size) { return counted(__libc_calloc(length, size)); }
void *realloc(void *memory, size_t size) { return counted(__libc_realloc(memory, size)); }

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Memory that programs and user space share at one address. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_arena.h"

#define FILE_   "map_arena.bpf.o"
#define ADDRESS (UINT64_C(1) << 45) /* 1 << 44 is where AddressSanitizer keeps its shadow */
#define PAGES   100

typedef SKEP_ARENA() list_arena;
typedef SKEP_MEMORY(struct root) list_memory;

const char *test_binary_needs(void)
{
	return kernel_at_least(6, 9) ? NULL : "arenas came with Linux 6.9";
}

static struct skep_object *open_arena(list_arena *arena, uint64_t address)
{
	struct skep_object *object = app_open(FILE_);
	struct bpf_map *map = skep_map_libbpf(skep_object_map(object, "arena"));

	if (address)
		assert_int_equal(bpf_map__set_map_extra(map, address), 0);
	if (skep_object_load(object))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	assert_ok(skep_map_open(arena, object, "arena"));
	return object;
}

TEST(list_made_here_is_walked_there_by_the_same_pointers)
{
	list_arena arena;
	struct skep_object *object = open_arena(&arena, ADDRESS);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	list_memory memory;
	struct root *root;

	assert_ok(skep_arena_map(arena, &memory));
	assert_true((uintptr_t)memory.value == ADDRESS);
	assert_int_equal(skep_memory_count(memory), PAGES * page / sizeof(struct root));
	root = skep_memory_at(memory, 0);
	assert_null(root->first);
	/* Each on a page of its own, which is there as soon as it is touched. */
	for (uint64_t i = 1; i <= 50; i++) {
		struct node *node = (struct node *)((char *)root + i * page);

		*node = (struct node){ .next = root->first, .number = i };
		root->first = node;
	}
	assert_int_equal(app_run(object, "walk", (uintptr_t)root, 0), 0);
	assert_int_equal(root->count, 50);
	assert_int_equal(root->sum, 50 * 51 / 2);
	assert_int_equal(root->first->number, 51);
	assert_int_equal(root->first->next->number, 50);
	skep_memory_free(&memory);
	skep_map_free(arena.map);
	skep_object_free(object);
}

TEST(program_takes_a_page_and_gives_it_back)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	list_arena arena;
	struct skep_object *object = open_arena(&arena, ADDRESS);
	const uint64_t *counted;

	/* More often than the arena has pages: each came back. */
	for (int i = 0; i < PAGES + 10; i++) {
		assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(skep_object_program(
								object, "take_and_give")),
							&opts),
				 0);
		assert_int_equal(opts.retval, 0);
	}
	counted = skep_object_section(object, ".bss", NULL);
	assert_non_null(counted);
	assert_int_equal(*counted, 42);
	skep_map_free(arena.map);
	skep_object_free(object);
}

TEST(memory_is_mapped_again_at_its_address_with_what_was_there)
{
	list_arena arena;
	struct skep_object *object = open_arena(&arena, ADDRESS);
	list_memory memory;

	for (uint64_t i = 0; i < 3; i++) {
		assert_ok(skep_arena_map(arena, &memory));
		assert_int_equal(memory.value->count, i);
		memory.value->count++;
		skep_memory_free(&memory);
	}
	skep_map_free(arena.map);
	skep_object_free(object);
}

TEST(address_in_use_is_ebusy_and_what_was_there_stays)
{
	list_arena arena;
	struct skep_object *object = open_arena(&arena, ADDRESS);
	list_memory memory = { .value = NULL };
	char *there = mmap((void *)(uintptr_t)ADDRESS, 4096, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_true((uintptr_t)there == ADDRESS);
	strcpy(there, "mine");
	assert_error(skep_arena_map(arena, &memory), EBUSY);
	app_assert_says("arena 'arena' belongs to address 0x200000000000");
	assert_null(memory.value);
	assert_string_equal(there, "mine");
	munmap(there, 4096);
	assert_ok(skep_arena_map(arena, &memory));
	skep_memory_free(&memory);
	skep_map_free(arena.map);
	skep_object_free(object);
}

static int make_arena(uint32_t pages)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create((enum bpf_map_type)33, "bare", 0, 0, pages, &opts);

	assert_true(fd >= 0);
	return fd;
}

TEST(arena_without_an_address_is_mapped_where_the_kernel_says)
{
	int fd;
	list_arena arena;
	list_memory memory, second;

	require_root();
	fd = make_arena(2);
	assert_ok(skep_map_adopt_fd(&arena, fd));
	close(fd);
	assert_ok(skep_arena_map(arena, &memory));
	memory.value->sum = 5;
	/* Another mapping would have to be at the same address. */
	second.value = NULL;
	if (!skep_arena_map(arena, &second)) {
		assert_ptr_equal(second.value, memory.value);
		assert_int_equal(second.value->sum, 5);
	} else {
		assert_non_null(skep_error_last()->hint);
		assert_null(second.value);
	}
	skep_memory_free(&memory);
	skep_map_free(arena.map);
}

TEST(root_that_is_larger_than_the_arena_is_refused)
{
	struct huge {
		char bytes[100000];
	};
	typedef SKEP_MEMORY(struct huge) huge_memory;
	huge_memory memory = { .value = NULL };
	list_arena arena;
	int fd;

	require_root();
	fd = make_arena(1);
	assert_ok(skep_map_adopt_fd(&arena, fd));
	assert_error(skep_arena_map(arena, &memory), EPROTOTYPE);
	app_assert_says("arena 'bare' has 4096 bytes, and 100000 should be at its beginning");
	assert_null(memory.value);
	close(fd);
	skep_map_free(arena.map);
}

TEST(what_is_no_arena_is_refused)
{
	list_memory memory = { .value = NULL };
	list_arena arena, none = { .map = NULL };
	struct skep_object *object = open_arena(&arena, ADDRESS);
	typedef SKEP_MAP(__u32, __u64) plain_map;
	plain_map plain = { .map = NULL };
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "plain", 4, 8, 1, NULL);

	assert_error(skep_map_adopt_fd(&none, fd), EPROTOTYPE);
	assert_error(skep_map_open(&plain, object, "arena"), EPROTOTYPE);
	app_assert_hints("SKEP_ARENA()");
	assert_ok(skep_map_adopt_fd(&plain, fd));
	assert_error(skep_arena_map_raw(plain.map, &memory.memory, 8), EPROTOTYPE);
	assert_error(skep_arena_map(none, &memory), EBADF);
	close(skep_map_fd(arena.map));
	assert_error(skep_arena_map(arena, &memory), EBADF);
	assert_null(memory.value);
	close(fd);
	skep_map_free(plain.map);
	skep_map_free(arena.map);
	skep_object_free(object);
}

TEST(arena_that_says_no_address_gets_one_from_the_library_and_two_get_two)
{
	list_arena arenas[2];
	list_memory memory[2];
	struct skep_object *objects[2] = { open_arena(&arenas[0], 0), open_arena(&arenas[1], 0) };

	for (int i = 0; i < 2; i++) {
		assert_ok(skep_arena_map(arenas[i], &memory[i]));
		assert_true(memory[i].value && !((uintptr_t)memory[i].value & 0xffffffff));
		assert_int_equal(
			app_run(objects[i], "walk", (uintptr_t)skep_memory_at(memory[i], 0), 0), 0);
		assert_int_equal(memory[i].value->count, 0);
	}
	assert_ptr_not_equal(memory[0].value, memory[1].value);
	for (int i = 0; i < 2; i++) {
		skep_memory_free(&memory[i]);
		skep_map_free(arenas[i].map);
		skep_object_free(objects[i]);
	}
}

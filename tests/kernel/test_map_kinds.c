// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A map of every kind, as <skep/bpf/map.h> declares and uses it: on each kernel that has the kind. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_kinds.h"

/* The last that libbpf said, and whether it was that the kernel does not take a map's types. */
static char words[900]; /* what cmocka prints of it */
static bool said_retry;

static int hear(enum libbpf_print_level level, const char *format, va_list args)
{
	static char line[1 << 20];
	size_t length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = (size_t)vsnprintf(line, sizeof(line), format, args);
	if (length >= sizeof(line))
		length = sizeof(line) - 1;
	if (strstr(line, "without BTF"))
		said_retry = true;
	/* A verifier's log, of which the end says why. */
	if (length > 200) {
		size_t keep = length < sizeof(words) ? length : sizeof(words) - 1;

		memcpy(words, line + length - keep, keep + 1);
	}
	return 0;
}

/* Kinds that came after 6.1, and the programs that use them. */
static bool is_there(const char *name)
{
	if (!strcmp(name, "cgroup_storage") || !strcmp(name, "use_cgroup_storage"))
		return kernel_at_least(6, 2);
	return true;
}

/* Programs of hooks that not every machine allows: loaded only where a case asks for one. */
static bool is_usual(const char *name)
{
	return is_there(name) && strcmp(name, "use_inode_storage") != 0;
}

static struct bpf_object *open_kinds(void)
{
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_map *map;

	require_root();
	libbpf_set_print(hear);
	object = bpf_object__open_file(test_file("map_kinds.bpf.o"), NULL);
	assert_non_null(object);
	bpf_object__for_each_map(map, object)
		assert_ok(bpf_map__set_autocreate(map, is_there(bpf_map__name(map))));
	bpf_object__for_each_program(program, object)
		assert_ok(bpf_program__set_autoload(program, is_usual(bpf_program__name(program))));
	return object;
}

static void load(struct bpf_object *object)
{
	int err = bpf_object__load(object);

	if (err)
		fail_msg("load: %s\n%s", strerror(-err), words);
}

static struct bpf_object *load_kinds(void)
{
	struct bpf_object *object = open_kinds();

	load(object);
	return object;
}

static struct bpf_program *find(struct bpf_object *object, const char *program)
{
	struct bpf_program *p = bpf_object__find_program_by_name(object, program);

	assert_non_null(p);
	return p;
}

static int run(struct bpf_object *object, const char *program, struct bpf_test_run_opts *opts)
{
	int err = bpf_prog_test_run_opts(bpf_program__fd(find(object, program)), opts);

	if (err)
		fail_msg("cannot run %s: %s", program, strerror(-err));
	return (int)opts->retval;
}

/* Runs a program without a packet; fails where one of its steps went wrong. */
static void steps(struct bpf_object *object, const char *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int step = run(object, program, &opts);

	if (step)
		fail_msg("%s: step %d went wrong", program, step);
}

static int run_packet(struct bpf_object *object, const char *program)
{
	unsigned char packet[64] = { [12] = 8, [14] = 0x45 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	return run(object, program, &opts);
}

static int number_of(struct bpf_object *object, const char *variable)
{
	struct bpf_map *bss = bpf_object__find_map_by_name(object, ".bss");
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_type *section =
		btf__type_by_id(btf, (__u32)btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC));
	const struct btf_var_secinfo *v = btf_var_secinfos(section);
	char memory[4096];
	__u32 zero = 0;

	assert_true(bpf_map__value_size(bss) <= sizeof(memory));
	assert_ok(bpf_map_lookup_elem(bpf_map__fd(bss), &zero, memory));
	for (int i = 0; i < btf_vlen(section); i++, v++) {
		const struct btf_type *t = btf__type_by_id(btf, v->type);

		if (!strcmp(btf__name_by_offset(btf, t->name_off), variable)) {
			int value;

			memcpy(&value, memory + v->offset, sizeof(value));
			return value;
		}
	}
	fail_msg("no variable %s", variable);
	return 0;
}

/* `only` is the one constant of the object. */
static void set_only_me(struct bpf_object *object)
{
	struct bpf_map *rodata = bpf_object__find_map_by_name(object, ".rodata");
	const __u32 me = (__u32)getpid();

	assert_int_equal(bpf_map__value_size(rodata), sizeof(me));
	assert_ok(bpf_map__set_initial_value(rodata, &me, sizeof(me)));
}

TEST(every_kind_is_made_with_its_types_and_leaves_nothing)
{
	struct bpf_object *object;
	struct snapshot before;
	struct bpf_map *map;
	int made = 0;

	snapshot_take(&before);
	said_retry = false;
	object = load_kinds();
	bpf_object__for_each_map(map, object)
		made += bpf_map__fd(map) >= 0;
	assert_true(made >= (kernel_at_least(6, 2) ? 33 : 32));
	assert_false(said_retry);
	bpf_object__close(object);
	snapshot_assert_unchanged(&before);
}

TEST(skep_opens_and_loads_the_same_object)
{
	struct skep_object *object = app_open("map_kinds.bpf.o");
	struct bpf_object *theirs = skep_object_libbpf(object);
	struct bpf_map *storage = bpf_object__find_map_by_name(theirs, "cgroup_storage");

	assert_ok(bpf_map__set_autocreate(storage, is_there("cgroup_storage")));
	assert_ok(bpf_program__set_autoload(find(theirs, "use_inode_storage"), false));
	assert_ok(bpf_program__set_autoload(find(theirs, "use_cgroup_storage"),
					    is_there("cgroup_storage")));
	assert_ok(skep_object_load(object));
	skep_object_free(object);
}

TEST(hash_is_read_written_and_emptied)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_hash");
	steps(object, "use_hash");
	bpf_object__close(object);
}

TEST(numbers_are_added_up_also_in_arrays_and_lru)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_numbers");
	bpf_object__close(object);
}

TEST(percpu_values_are_of_this_cpu_and_of_others)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_percpu");
	bpf_object__close(object);
}

TEST(trie_finds_the_longest_prefix)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_trie");
	bpf_object__close(object);
}

TEST(queue_is_first_in_first_out_and_stack_is_not)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_queue");
	steps(object, "use_queue");
	bpf_object__close(object);
}

TEST(bloom_has_what_was_added)
{
	struct bpf_object *object = load_kinds();
	struct bpf_map *bloom = bpf_object__find_map_by_name(object, "bloom");

	assert_int_equal(bpf_map__map_extra(bloom), 7);
	steps(object, "use_bloom");
	bpf_object__close(object);
}

TEST(inner_map_is_typed_and_written_through)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_nested");
	bpf_object__close(object);
}

TEST(for_each_calls_until_it_is_told_to_stop)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_each");
	bpf_object__close(object);
}

TEST(stacks_and_cgroups_are_asked)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_stacks");
	assert_int_equal(run_packet(object, "use_skb"), 0);
	bpf_object__close(object);
}

TEST(tail_calls_go_where_the_declaration_says)
{
	struct bpf_object *object = load_kinds();

	assert_int_equal(run_packet(object, "use_stages"), 43);
	bpf_object__close(object);
}

TEST(redirect_without_entry_returns_what_the_flags_say)
{
	struct bpf_object *object = load_kinds();

	assert_int_equal(run_packet(object, "use_redirect"), 0);
	bpf_object__close(object);
}

TEST(atomics_change_and_return_what_was_there)
{
	struct bpf_object *object = load_kinds();

	steps(object, "use_atomics");
	bpf_object__close(object);
}

static void command(struct user_ring_buffer *ring, const void *record, uint32_t bytes)
{
	void *at = user_ring_buffer__reserve(ring, bytes);

	assert_non_null(at);
	memcpy(at, record, bytes);
	user_ring_buffer__submit(ring, at);
}

TEST(user_ring_is_drained_and_short_records_are_not_passed_on)
{
	struct bpf_object *object = load_kinds();
	struct bpf_map *map = bpf_object__find_map_by_name(object, "user_ring");
	struct user_ring_buffer *ring = user_ring_buffer__new(bpf_map__fd(map), NULL);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct command c = { .amount = 5 };

	assert_non_null(ring);
	command(ring, &c, sizeof(c));
	command(ring, &c, 4);
	c.amount = 7;
	command(ring, &c, sizeof(c));
	assert_int_equal(run(object, "use_user_ring", &opts), 3);
	assert_int_equal(number_of(object, "commanded"), 12);
	user_ring_buffer__free(ring);
	bpf_object__close(object);
}

static struct bpf_link *attach(struct bpf_object *object, const char *program)
{
	struct bpf_link *link = bpf_program__attach(find(object, program));

	assert_non_null(link);
	return link;
}

TEST(task_storage_is_made_found_and_removed)
{
	struct bpf_object *object = open_kinds();
	struct bpf_link *link;

	set_only_me(object);
	load(object);
	link = attach(object, "use_task_storage");
	for (int i = 0; i < 8; i++)
		syscall(SYS_getpgid, 0);
	bpf_link__destroy(link);
	assert_int_equal(number_of(object, "task_seen"), 1);
	bpf_object__close(object);
}

TEST(cgroup_storage_begins_with_what_was_given)
{
	struct bpf_object *object;
	struct bpf_link *link;

	if (!is_there("cgroup_storage"))
		test_skip("cgroup storage came with 6.2");
	object = open_kinds();
	set_only_me(object);
	load(object);
	link = attach(object, "use_cgroup_storage");
	syscall(SYS_getpgid, 0);
	bpf_link__destroy(link);
	assert_int_equal(number_of(object, "cgroup_seen"), 9);
	bpf_object__close(object);
}

TEST(inode_storage_lasts_as_long_as_the_inode)
{
	struct bpf_object *object;
	struct bpf_link *link;
	int seen;

	require_vm();
	object = open_kinds();
	set_only_me(object);
	assert_ok(bpf_program__set_autoload(find(object, "use_inode_storage"), true));
	if (bpf_object__load(object)) {
		bpf_object__close(object);
		test_skip("this kernel does not let LSM programs reach an inode of struct file");
	}
	if (!processor_has_trampolines()) {
		bpf_object__close(object);
		test_skip("LSM programs came to arm64 with 6.4");
	}
	link = attach(object, "use_inode_storage");
	close(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	seen = number_of(object, "inode_seen");
	close(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	bpf_link__destroy(link);
	assert_true(seen > 0);
	assert_true(number_of(object, "inode_seen") > seen);
	bpf_object__close(object);
}

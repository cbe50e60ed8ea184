// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* skep.hpp against the kernel: what user.sh can only compile. */
#include <skep/skep.hpp>

#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

#include "cpp.skep.h"

using namespace std::chrono_literals;

namespace
{

typedef SKEP_PERCPU_MAP(uint32_t, uint64_t) number_map;
typedef SKEP_QUEUE(cpp_value) value_queue;
typedef SKEP_BLOOM(uint32_t) number_filter;
typedef SKEP_MERGE(struct cpp_timed) timed_merge;
typedef SKEP_MAP(uint32_t, cpp_value) value_array;

/* Loaded and attached; each hit(app, n) of this process is a record n, and counted. */
skep::owner<cpp> start()
{
	skep::owner<cpp> app;

	require_root();
	skep::check(cpp_open(app.out(), nullptr));
	cpp_consts(app)->only = static_cast<uint32_t>(getpid());
	cpp_consts(app)->call = SYS_getpgid;
	skep::check(cpp_load(app));
	skep::check(cpp_attach(app));
	return app;
}

void hit(cpp *app, uint32_t number)
{
	cpp_bss(app)->number = number;
	(void)syscall(SYS_getpgid, 0);
}

/* Nothing of cmocka may be jumped over while C++ has something to destroy. */
template <typename F> void guarded(F &&body)
{
	std::string failure;

	try {
		body();
	} catch (const std::exception &e) {
		failure = e.what();
	}
	if (!failure.empty()) {
		static char text[512];

		std::snprintf(text, sizeof(text), "%s", failure.c_str());
		failure = std::string();
		fail_msg("%s", text);
	}
}

void expect(bool condition, const char *what)
{
	if (!condition)
		throw std::runtime_error(what);
}
#define EXPECT(condition) expect((condition), #condition)

} // namespace

extern "C" {

TEST(maps_are_read_written_and_iterated)
{
	guarded([] {
		skep::owner<cpp> app = start();
		const cpp_hits_map hits = cpp_map_hits(app);
		std::set<uint32_t> seen;
		cpp_value value{};

		EXPECT(skep::get(hits, 5u, value) == -ENOENT);
		hit(app, 5);
		hit(app, 5);
		hit(app, 6);
		skep::check(skep::get(hits, 5u, value));
		EXPECT(value.count == 2);
		value.count = 40;
		EXPECT(skep::put(hits, 5u, value, SKEP_PUT_NEW) == -EEXIST);
		skep::check(skep::put(hits, 5u, value));

		auto all = skep::entries(hits);
		for (const auto &[number, v] : all) {
			EXPECT(v.count == (number == 5 ? 40 : 1));
			seen.insert(number);
		}
		EXPECT(all.error() == 0);
		EXPECT(seen == (std::set<uint32_t>{ 5, 6 }));
		skep::check(skep::del(hits, 5u));
		EXPECT(skep::del(hits, 5u) == -ENOENT);
		for (auto [number, v] : skep::entries(hits)) {
			EXPECT(number == 6 && v.count == 1);
			break;
		}
	});
}

TEST(a_map_is_filled_counted_read_in_batches_and_cleared)
{
	guarded([] {
		skep::owner<cpp> app = start();
		const cpp_hits_map hits = cpp_map_hits(app);
		skep::place all, taken;
		uint32_t keys[16], next = 0;
		cpp_value values[16];
		uint64_t count = 0, sum = 0;
		size_t n;

		skep::check(skep::fill(hits, [&next](uint32_t &key, cpp_value &value) {
			key = next;
			value.count = next * 2;
			return next++ < 40 ? 1 : 0;
		}));
		skep::check(skep::count(hits, count));
		EXPECT(count == 40);
		do {
			n = 16;
			skep::check(skep::get_batch(hits, all, keys, values, n));
			for (size_t i = 0; i < n; i++)
				sum += values[i].count;
		} while (n);
		EXPECT(sum == 39 * 40);
		n = 16;
		skep::check(skep::take_batch(hits, taken, keys, values, n));
		EXPECT(n > 0);
		skep::check(skep::count(hits, count));
		EXPECT(count == 40 - n);
		skep::check(skep::clear(hits));
		skep::check(skep::count(hits, count));
		EXPECT(count == 0);
		EXPECT(skep::fill(hits, [](uint32_t &, cpp_value &) { return -EIO; }) == -EIO);
	});
}

TEST(values_of_all_cpus_are_summed_up)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<number_map> per_cpu;
		skep::percpu<uint64_t> values;
		size_t seen = 0;

		skep::check(skep_map_open(per_cpu.out(), cpp_object(app), "per_cpu"));
		EXPECT(skep::get(per_cpu, 5u, values) == -ENOENT);
		EXPECT(values.sum() == 0);
		hit(app, 5);
		hit(app, 5);
		skep::check(skep::get(per_cpu, 5u, values));
		EXPECT(values.sum() == 4 && values.max() >= 2 && values.min() <= 4);
		values.fill(3);
		skep::check(skep::put(per_cpu, 5u, values));
		for (const auto &[number, all] : skep::entries(per_cpu)) {
			EXPECT(number == 5 && all.size() == values.size());
			EXPECT(all.sum() == 3 * all.size());
			seen++;
		}
		EXPECT(seen == 1);

		skep::percpu<uint64_t> moved = std::move(values);
		EXPECT(values.size() == 0 && moved.size() >= 1);
		skep::check(skep::del(per_cpu, 5u));
		EXPECT(skep::get(per_cpu, 5u, moved) == -ENOENT);
	});
}

TEST(queue_filter_and_memory_are_read)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<value_queue> queue;
		skep::owner<number_filter> filter;
		skep::owner<value_array> array;
		skep::memory<cpp_value> memory;
		cpp_value next{};
		uint64_t sum = 0;

		skep::check(skep_map_open(queue.out(), cpp_object(app), "numbers"));
		skep::check(skep_map_open(filter.out(), cpp_object(app), "filter"));
		skep::check(skep_map_open(array.out(), cpp_object(app), "memory"));
		skep::check(memory.map(array));
		EXPECT(skep::pop(queue, next) == -ENOENT);
		hit(app, 5);
		hit(app, 6);
		skep::check(skep::peek(queue, next));
		skep::check(skep::pop(queue, next));
		EXPECT(next.count == 5);
		next.count = 9;
		skep::check(skep::push(queue, next));
		EXPECT(skep::has(filter, 5u) == 1 && skep::has(filter, 77u) == 0);
		EXPECT(memory.size() == 4 && memory[1].count == 6);
		for (const cpp_value &each : memory)
			sum += each.count;
		EXPECT(sum == 6);
	});
}

TEST(snapshot_and_batches_have_all_entries)
{
	guarded([] {
		skep::owner<cpp> app = start();
		const cpp_hits_map hits = cpp_map_hits(app);
		skep::snapshot<cpp_hits_map> all;
		const uint32_t keys[] = { 1, 2, 3 };
		const cpp_value values[] = { { 10 }, { 20 }, { 30 } };
		size_t n = 3;
		uint64_t sum = 0;
		cpp_value taken{};

		skep::check(skep::put_batch(hits, keys, values, n));
		EXPECT(n == 3);
		skep::check(all.read(hits));
		for (size_t i = 0; i < all.size(); i++)
			sum += all.key(i) * 100 + all.value(i).count;
		EXPECT(sum == 660);
		skep::check(skep::take(hits, 2u, taken));
		EXPECT(taken.count == 20);
		skep::check(all.drain(hits));
		EXPECT(all.size() == 2);
		n = 1;
		EXPECT(skep::del_batch(hits, keys, n) == -ENOENT && n == 0);
	});
}

TEST(records_are_a_range)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<cpp_events_ring> ring;
		uint32_t expected = 1;

		skep::check(cpp_open_events(app, ring.out(), nullptr));
		for (uint32_t i = 1; i <= 20; i++)
			hit(app, i);
		auto all = skep::records(ring);
		for (const cpp_event &e : all) {
			EXPECT(e.number == expected);
			expected++;
		}
		EXPECT(expected == 21);
		EXPECT(all.error() == 0);
	});
}

TEST(records_are_read_in_every_way)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<cpp_events_ring> ring;
		const cpp_event *e = nullptr, *some[4] = {};
		cpp_event copied{};

		skep::check(cpp_open_events(app, ring.out(), nullptr));
		EXPECT(skep::peek(ring, e) == -EAGAIN);
		EXPECT(skep::next_until(ring, e, std::chrono::steady_clock::now() + 1ms) ==
		       -ETIMEDOUT);
		for (uint32_t i = 1; i <= 8; i++)
			hit(app, i);
		skep::check(skep::peek(ring, e));
		EXPECT(e->number == 1);
		skep::check(skep::next(ring, e, 1s));
		EXPECT(e->number == 1);
		skep::check(skep::next_until(ring, e, std::chrono::steady_clock::time_point()));
		EXPECT(e->number == 2);
		skep::check(skep::copy(ring, copied));
		EXPECT(copied.number == 3);
		EXPECT(skep::batch(ring, some) == 4);
		EXPECT(some[0]->number == 4 && some[3]->number == 7);
		EXPECT(skep::batch(ring, some) == 1);
		EXPECT(skep::batch(ring, some) == -EAGAIN);
	});
}

TEST(handlers_that_are_called_once_are_let_go)
{
	guarded([] {
		auto token = std::make_shared<int>(0);
		skep::loop loop;
		uint64_t id;
		pid_t child;
		int status = -1;

		skep::check(loop.open());
		skep::check(loop.after(1ms, [token] { ++*token; }));
		skep::check(loop.at(std::chrono::steady_clock::now(), [token] { ++*token; }));
		skep::check(loop.defer([token] { ++*token; }));
		child = fork();
		if (!child)
			_exit(9);
		skep::check(loop.on_child(child, [token, &status](pid_t, int s) {
			++*token;
			status = s;
		}));
		skep::check(loop.every(1h, [token] { ++*token; }));
		id = loop.added();
		EXPECT(token.use_count() == 6);
		while (*token < 4)
			skep::check(loop.step(1s));
		EXPECT(status == 9 << 8);
		EXPECT(token.use_count() == 2);
		skep::check(loop.remove(id));
		EXPECT(loop.remove(id) == -ENOENT);
		loop.close();
		EXPECT(token.use_count() == 1);
	});
}

TEST(loop_keeps_what_handlers_captured)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<cpp_events_ring> ring;
		auto token = std::make_shared<int>(0);
		skep::loop first;
		uint32_t ticks = 0;

		skep::check(first.open());
		skep::check(cpp_open_events(app, ring.out(), nullptr));
		skep::check(first.on(std::move(ring),
				     [token, name = std::string(100, 'x')](const cpp_event &e) {
					     *token += static_cast<int>(e.number);
					     return name.size() == 100 && *token < 6 ? 0 : 1;
				     }));
		skep::check(first.every(5ms, [&] { hit(app, ++ticks); }));
		EXPECT(token.use_count() == 2);

		skep::loop moved = std::move(first);
		skep::check(moved.run());
		EXPECT(*token == 6);
		EXPECT(ticks >= 3);
		moved.close();
		EXPECT(token.use_count() == 1);
		EXPECT(moved.run() == -EBADF);
	});
}

TEST(exception_of_a_handler_comes_out_of_run)
{
	guarded([] {
		skep::loop loop;
		bool caught = false;

		skep::check(loop.open());
		skep::check(loop.every(1ms, [](uint64_t) { throw std::string("thrown"); }));
		try {
			(void)loop.run();
		} catch (const std::string &text) {
			caught = text == "thrown";
		}
		EXPECT(caught);
	});
}

TEST(many_rings_are_a_range_in_any_order_and_in_time)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<cpp_timed_rings> rings;
		skep::owner<timed_merge> merge;
		uint32_t seen = 0, sum = 0;
		uint64_t last = 0;

		skep::check(cpp_open_timed(app, rings.out(), nullptr));
		for (uint32_t i = 1; i <= 20; i++)
			hit(app, i);
		{
			auto all = skep::records(rings);

			for (const cpp_timed &e : all)
				sum += e.number;
			EXPECT(all.error() == 0);
		}
		EXPECT(sum == 210);
		skep::check(skep::merge(merge, rings, &cpp_timed::time));
		EXPECT(skep::merge(merge, rings, &cpp_timed::time) == -EBUSY);
		for (uint32_t i = 1; i <= 20; i++)
			hit(app, i);
		skep_merge_flush(merge.get().merge);
		auto all = skep::records(merge);

		for (auto &e : all) {
			EXPECT(e.number == ++seen && e.time >= last);
			last = e.time;
		}
		EXPECT(all.error() == 0 && seen == 20);
	});
}

TEST(rings_call_a_lambda_and_belong_to_the_loop)
{
	guarded([] {
		skep::owner<cpp> app = start();
		skep::owner<cpp_timed_rings> rings;
		skep::loop loop;
		uint32_t sum = 0;

		skep::check(loop.open());
		skep::check(cpp_open_timed(app, rings.out(), nullptr));
		skep::check(
			loop.on(std::move(rings), [&](const cpp_timed &e) { sum += e.number; }));
		for (uint32_t i = 1; i <= 20; i++)
			hit(app, i);
		skep::check(loop.step(0ms));
		EXPECT(sum == 210);
	});
}

TEST(check_throws_message_code_and_hint)
{
	guarded([] {
		skep::owner<cpp> app;
		bool caught = false;

		skep::check(cpp_open(app.out(), nullptr));
		try {
			skep::check(skep_object_resize(cpp_object(app), "no_such_map", 1));
		} catch (const skep::error &e) {
			caught = e.code() == ENOENT && !e.hint().empty() &&
				 std::string(e.what()) == skep_error_last()->message;
		}
		EXPECT(caught);
	});
}

TEST(owner_frees_once_and_keeps_the_error)
{
	guarded([] {
		skep::owner<cpp> a, b;
		struct skep_link *no_link = nullptr;

		skep::check(cpp_open(a.out(), nullptr));
		cpp *const first = a;

		b = std::move(a);
		EXPECT(a.empty() && b.get() == first);
		EXPECT(skep_attach(&no_link, cpp_program_on_getpgid(b)) < 0);
		const std::string before = skep_error_last()->message;

		skep::check(cpp_open(b.out(), nullptr));
		b.reset();
		EXPECT(b.empty());
		EXPECT(before == skep_error_last()->message);
		cpp_free(b.release());
	});
}

TEST(options_have_their_size_and_default)
{
	skep::opts<skep_ring_opts> options([](auto &o) { o.max_tail = 7; });
	const skep_ring_opts *c = options;

	assert_int_equal(c->sz, sizeof(skep_ring_opts));
	assert_int_equal(c->max_tail, 7);
	assert_false(c->any_size);
}

} // extern "C"

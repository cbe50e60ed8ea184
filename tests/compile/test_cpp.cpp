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

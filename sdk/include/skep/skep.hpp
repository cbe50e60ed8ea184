/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_SKEP_HPP
#define SKEP_SKEP_HPP
/**
 * @file skep.hpp
 * skep for C++17: what the C macros do with _Generic and compound literals, done with templates
 * over the same typed handles and the same generated headers. Header only.
 *
 * @code{.cpp}
 * #include "execsnoop.skep.h"
 * #include <skep/skep.hpp>
 *
 * int main()
 * {
 *         skep::owner<execsnoop> app;
 *         skep::owner<execsnoop_events_ring> events;
 *         skep::loop loop;
 *         skep::opts<skep_loop_opts> o;
 *
 *         o.signals = true;
 *         if (execsnoop_open(app.out(), nullptr))
 *                 return skep_perror("open");
 *         execsnoop_consts(app)->min_uid = 1000;
 *         if (execsnoop_load(app) || execsnoop_attach(app) || loop.open(&o) ||
 *             execsnoop_open_events(app, events.out(), nullptr) ||
 *             loop.on(std::move(events), [](const exec_event &e) { std::puts(e.comm); }) ||
 *             loop.run())
 *                 return skep_perror("execsnoop");
 *         for (auto [uid, stats] : skep::entries(execsnoop_map_execs(app)))
 *                 std::printf("%u %llu\n", uid, stats.execs);
 * }
 * @endcode
 *
 * Calls return 0 or a negative errno as in C, and skep_error_last() has the words. Who prefers
 * exceptions writes `skep::check(loop.run());`.
 *
 * A wrong type does not compile: "skep: this is not the map's value type". It costs what the C
 * macros cost; skep::loop allocates once per handler.
 */
#include <skep/cpp/batch.hpp>
#include <skep/cpp/error.hpp>
#include <skep/cpp/kinds.hpp>
#include <skep/cpp/loop.hpp>
#include <skep/cpp/map.hpp>
#include <skep/cpp/memory.hpp>
#include <skep/cpp/owner.hpp>
#include <skep/cpp/percpu.hpp>
#include <skep/cpp/ring.hpp>
#include <skep/cpp/rings.hpp>
#include <skep/skep.h>

#endif

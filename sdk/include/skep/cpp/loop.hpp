/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_LOOP_HPP
#define SKEP_CPP_LOOP_HPP
/**
 * @file cpp/loop.hpp
 * The event loop with lambdas. Part of skep.hpp.
 */
#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include <skep/cpp/owner.hpp>
#include <skep/error.h>

namespace skep
{

namespace detail
{

/* What an exception of a handler becomes while it crosses the library, which is C. */
struct thrown {
	std::exception_ptr exception;
};

template <typename F, typename... Args> int call(F &fn, Args &&...args)
{
	using result = std::invoke_result_t<F &, Args...>;

	if constexpr (std::is_void_v<result>) {
		fn(std::forward<Args>(args)...);
		return 0;
	} else {
		static_assert(std::is_same_v<result, int>,
			      "skep: a handler returns int (0 go on, positive stop, negative "
			      "fail), or nothing");
		return fn(std::forward<Args>(args)...);
	}
}

template <typename F, typename... Args>
int call_safely(thrown &keep, F &fn, Args &&...args) noexcept
{
#ifdef __cpp_exceptions
	try {
		return call(fn, std::forward<Args>(args)...);
	} catch (...) {
		keep.exception = std::current_exception();
		return skep_error_set(ECANCELED, nullptr, "a handler threw an exception");
	}
#else
	(void)keep;
	return call(fn, std::forward<Args>(args)...);
#endif
}

struct handler_base {
	virtual ~handler_base() = default;
};

/* What a loop keeps: at one address, because handlers have it while the loop may move. */
struct kept : thrown {
	std::vector<std::unique_ptr<handler_base>> handlers;

	/* Ends a handler that was for once, after it returned. */
	void drop(const handler_base *which)
	{
		for (auto at = handlers.begin(); at != handlers.end(); ++at)
			if (at->get() == which) {
				handlers.erase(at);
				return;
			}
	}
};
template <typename F, typename Extra = int> struct handler final : handler_base {
	handler(kept *to, F &&f, Extra &&e) : keep(to), fn(std::move(f)), extra(std::move(e))
	{
	}
	kept *keep;
	F fn;
	Extra extra; /* lives as long as the handler */
};

template <typename T, typename F> constexpr bool takes_record()
{
	return std::is_invocable_v<F &, const T &> || std::is_invocable_v<F &, const T &, size_t>;
}

} // namespace detail

/**
 * An event loop that calls lambdas, function objects and functions. It keeps them, with what they
 * captured, until it is freed; what they captured by reference must live as long.
 *
 * A handler returns int (0 to go on, positive to stop, negative to fail) or nothing. An exception
 * that it throws ends run() or step(), and comes out of there.
 *
 * One thread at a time, except stop().
 */
class loop
{
public:
	loop() = default;

	/** Makes the loop, as skep_loop_new(). Before everything else. */
	[[nodiscard]] int open(const skep_loop_opts *options = nullptr)
	{
		close();
		kept_ = std::make_unique<detail::kept>();
		return skep_loop_new(loop_.out(), options);
	}
	/** Frees the loop, and then its handlers. */
	void close() noexcept
	{
		loop_.reset();
		if (kept_)
			kept_->handlers.clear();
	}

	~loop()
	{
		close();
	}
	loop(loop &&) noexcept = default;
	loop &operator=(loop &&other) noexcept
	{
		close();
		loop_ = std::move(other.loop_);
		kept_ = std::move(other.kept_);
		return *this;
	}

	/**
	 * Calls `fn(const T &)`, or `fn(const T &, size_t bytes)` where records have variable
	 * length, for each record of a ring, or of rings, which must outlive the loop. See
	 * skep_loop_add_ring() and skep_loop_add_rings().
	 */
	template <typename H, typename F> [[nodiscard]] int on(const H &ring, F fn)
	{
		if constexpr (detail::rings_of<H>::value)
			return add_ring(ring, std::move(fn), 0);
		else if constexpr (detail::check_ring<H>())
			return add_ring(ring, std::move(fn), 0);
		return -EINVAL;
	}
	/** The same for a ring that the loop is to own from now on, also when this fails. */
	template <typename T, typename F> [[nodiscard]] int on(owner<T> &&ring, F fn)
	{
		const T handle = ring.get();

		if constexpr (detail::rings_of<T>::value)
			return add_ring(handle, std::move(fn), std::move(ring));
		else if constexpr (detail::check_ring<T>())
			return add_ring(handle, std::move(fn), std::move(ring));
		return -EINVAL;
	}
	/** The same for a ring that somebody else owns, who must outlive the loop. */
	template <typename T, typename F> [[nodiscard]] int on(const owner<T> &ring, F fn)
	{
		return on(ring.get(), std::move(fn));
	}

	/** Calls `fn()`, or `fn(uint64_t expirations)`, every so often: skep_loop_add_timer(). */
	template <typename F> [[nodiscard]] int every(std::chrono::nanoseconds period, F fn)
	{
		using handler = detail::handler<F>;
		constexpr bool counts = std::is_invocable_v<F &, uint64_t>;

		static_assert(counts || std::is_invocable_v<F &>,
			      "skep: a timer's handler takes nothing, or uint64_t");
		const skep_timer_fn call = [](uint64_t expirations, void *ctx) {
			handler *h = static_cast<handler *>(ctx);

			(void)expirations;
			if constexpr (counts)
				return detail::call_safely(*h->keep, h->fn, expirations);
			else
				return detail::call_safely(*h->keep, h->fn);
		};
		return keep(
			std::make_unique<handler>(kept_.get(), std::move(fn), 0), [&](void *ctx) {
				return skep_loop_add_timer(
					loop_, static_cast<uint64_t>(period.count()), call, ctx);
			});
	}

	/** Calls `fn(int fd, uint32_t events)` when a descriptor is ready: skep_loop_add_fd(). */
	template <typename F> [[nodiscard]] int on_fd(int fd, uint32_t events, F fn)
	{
		using handler = detail::handler<F>;

		static_assert(std::is_invocable_v<F &, int, uint32_t>,
			      "skep: a descriptor's handler takes int and uint32_t");
		const skep_fd_fn call = [](int ready, uint32_t what, void *ctx) {
			handler *h = static_cast<handler *>(ctx);

			return detail::call_safely(*h->keep, h->fn, ready, what);
		};
		return keep(
			std::make_unique<handler>(kept_.get(), std::move(fn), 0),
			[&](void *ctx) { return skep_loop_add_fd(loop_, fd, events, call, ctx); });
	}

	/** Calls `fn()` once, after some time: skep_loop_add_delay(). */
	template <typename F> [[nodiscard]] int after(std::chrono::nanoseconds delay, F fn)
	{
		const uint64_t ns = delay.count() > 0 ? static_cast<uint64_t>(delay.count()) : 0;

		return add_once(std::move(fn), [&](skep_timer_fn call, void *ctx) {
			return skep_loop_add_delay(loop_, ns, call, ctx);
		});
	}
	/** Calls `fn()` once, at a point in time: skep_loop_add_deadline(). */
	template <typename F>
	[[nodiscard]] int at(std::chrono::time_point<std::chrono::steady_clock> when, F fn)
	{
		const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(
			when.time_since_epoch());
		const uint64_t ns = since.count() > 0 ? static_cast<uint64_t>(since.count()) : 0;

		return add_once(std::move(fn), [&](skep_timer_fn call, void *ctx) {
			return skep_loop_add_deadline(loop_, ns, call, ctx);
		});
	}
	/** Calls `fn(pid_t pid, int status)` when a process has ended: skep_loop_add_child(). */
	template <typename F> [[nodiscard]] int on_child(pid_t pid, F fn)
	{
		using handler = detail::handler<F>;

		static_assert(std::is_invocable_v<F &, pid_t, int>,
			      "skep: a child's handler takes pid_t and int");
		const skep_child_fn call = [](pid_t ended, int status, void *ctx) {
			handler *h = static_cast<handler *>(ctx);
			const int ret = detail::call_safely(*h->keep, h->fn, ended, status);

			h->keep->drop(h);
			return ret;
		};
		return keep(std::make_unique<handler>(kept_.get(), std::move(fn), 0),
			    [&](void *ctx) { return skep_loop_add_child(loop_, pid, call, ctx); });
	}
	/** Calls `fn()` at the end of this round: skep_loop_defer(). */
	template <typename F> [[nodiscard]] int defer(F fn)
	{
		using handler = detail::handler<F>;

		static_assert(std::is_invocable_v<F &>, "skep: deferred work takes nothing");
		const skep_task_fn call = [](void *ctx) {
			handler *h = static_cast<handler *>(ctx);
			const int ret = detail::call_safely(*h->keep, h->fn);

			h->keep->drop(h);
			return ret;
		};
		return keep(std::make_unique<handler>(kept_.get(), std::move(fn), 0),
			    [&](void *ctx) { return skep_loop_defer(loop_, call, ctx); });
	}

	/** What was added last: skep_loop_added(). */
	uint64_t added() const noexcept
	{
		return is_open() ? skep_loop_added(loop_) : 0;
	}
	/** Takes something out: skep_loop_remove(). Its handler is kept until the loop is closed. */
	int remove(uint64_t id)
	{
		return is_open() ? skep_loop_remove(loop_, id) : -EBADF;
	}

	/** Runs until a handler or stop() ends it: skep_loop_run(). */
	[[nodiscard]] int run()
	{
		return is_open() ? rethrow(skep_loop_run(loop_)) : -EBADF;
	}
	/** Waits once, and delivers what is ready: skep_loop_step(). */
	[[nodiscard]] int step(std::chrono::milliseconds timeout)
	{
		return is_open() ? rethrow(skep_loop_step(loop_, static_cast<int>(timeout.count())))
				 : -EBADF;
	}
	/** Makes run() return. Any thread, any signal handler. */
	void stop() noexcept
	{
		skep_loop_stop(loop_);
	}
	/** Borrows the C loop. */
	operator skep_loop *() const noexcept
	{
		return loop_;
	}

private:
	bool is_open() const
	{
		if (loop_.empty())
			(void)skep_error_set(EBADF, "call open() first", "the loop is not open");
		return !loop_.empty();
	}

	template <typename H> int add_source(const H &ring, skep_record_fn call, void *ctx)
	{
		if constexpr (detail::rings_of<H>::value)
			return skep_loop_add_rings(loop_, ring.rings, call, ctx);
		else
			return skep_loop_add_ring(loop_, ring.ring, call, ctx);
	}

	template <typename H, typename F, typename Extra>
	int add_ring(const H &ring, F fn, Extra extra)
	{
		using record = detail::pointed<decltype(H::type)>;
		using handler = detail::handler<F, Extra>;

		static_assert(detail::takes_record<record, F>(),
			      "skep: this handler does not take the ring's record type");
		if constexpr (detail::takes_record<record, F>()) {
			const skep_record_fn call = [](const void *at, size_t bytes, void *ctx) {
				handler *h = static_cast<handler *>(ctx);
				const record &r = *static_cast<const record *>(at);

				(void)bytes;
				if constexpr (std::is_invocable_v<F &, const record &>)
					return detail::call_safely(*h->keep, h->fn, r);
				else
					return detail::call_safely(*h->keep, h->fn, r, bytes);
			};
			return keep(
				std::make_unique<handler>(kept_.get(), std::move(fn),
							  std::move(extra)),
				[&](void *ctx) { return add_source(ring, call, ctx); },
				detail::rings_of<H>::value);
		}
		return -EINVAL;
	}

	template <typename F, typename Add> int add_once(F fn, Add &&add)
	{
		using handler = detail::handler<F>;

		static_assert(std::is_invocable_v<F &>,
			      "skep: a handler that is called once takes nothing");
		const skep_timer_fn call = [](uint64_t expirations, void *ctx) {
			handler *h = static_cast<handler *>(ctx);
			const int ret = detail::call_safely(*h->keep, h->fn);

			(void)expirations;
			h->keep->drop(h);
			return ret;
		};
		return keep(std::make_unique<handler>(kept_.get(), std::move(fn), 0),
			    [&](void *ctx) { return add(call, ctx); });
	}

	/* Keeps a handler that the loop has taken; the loop has its address. `always`: also where
	 * it failed, for some of many may have been taken. */
	template <typename T, typename Add>
	int keep(std::unique_ptr<T> handler, Add &&add, bool always = false)
	{
		T *const at = handler.get();
		int err;

		if (!is_open())
			return -EBADF;
		kept_->handlers.push_back(std::move(handler));
		err = add(at);
		if (err && !always)
			kept_->handlers.pop_back();
		return err;
	}

	int rethrow(int result)
	{
#ifdef __cpp_exceptions
		if (kept_->exception)
			std::rethrow_exception(std::exchange(kept_->exception, nullptr));
#endif
		return result;
	}

	owner<skep_loop> loop_;
	/* Behind a pointer, because handlers have its address while the loop may move. */
	std::unique_ptr<detail::kept> kept_;
	std::vector<std::unique_ptr<detail::handler_base>> handlers_;
};

} // namespace skep

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_OWNER_HPP
#define SKEP_CPP_OWNER_HPP
/**
 * @file cpp/owner.hpp
 * Ownership and options. Part of skep.hpp.
 */
#include <cstddef>
#include <utility>

#include <skep/attach.h>
#include <skep/cpp/types.hpp>
#include <skep/loop.h>
#include <skep/object.h>

namespace skep
{

namespace detail
{

/* Whether SKEP_DEFINE_FREEP() was said about a type: generated headers do. */
template <typename T, typename = void> struct can_free : std::false_type {
};
template <typename T>
struct can_free<T, std::void_t<decltype(skep_free(std::declval<T *>()))>> : std::true_type {
};

/* What an owner holds: a pointer, or a handle with its pointer inside. */
template <typename T, typename = void> struct owned {
	static_assert(can_free<T>::value,
		      "skep: this type cannot be owned: SKEP_DEFINE_FREEP() makes it so, and the "
		      "headers of `skep gen`");
	using type = T *;
	static type none() noexcept
	{
		return nullptr;
	}
	static bool has(type p) noexcept
	{
		return p != nullptr;
	}
	static void free(type p) noexcept
	{
		skep_free(p);
	}
};
template <typename H> struct owned<H, std::enable_if_t<map_of<H>::value>> {
	using type = H;
	static type none() noexcept
	{
		H handle;

		handle.map = nullptr;
		return handle;
	}
	static bool has(const type &handle) noexcept
	{
		return handle.map != nullptr;
	}
	static void free(const type &handle) noexcept
	{
		skep_map_free(handle.map);
	}
};
template <typename H> struct owned<H, std::enable_if_t<ring_of<H>::value>> {
	using type = H;
	static type none() noexcept
	{
		H handle;

		handle.ring = nullptr;
		return handle;
	}
	static bool has(const type &handle) noexcept
	{
		return handle.ring != nullptr;
	}
	static void free(const type &handle) noexcept
	{
		skep_ring_free(handle.ring);
	}
};

template <typename H> struct owned<H, std::enable_if_t<rings_of<H>::value>> {
	using type = H;
	static type none() noexcept
	{
		H handle;

		handle.rings = nullptr;
		return handle;
	}
	static bool has(const type &handle) noexcept
	{
		return handle.rings != nullptr;
	}
	static void free(const type &handle) noexcept
	{
		skep_rings_free(handle.rings);
	}
};
template <typename H> struct owned<H, std::enable_if_t<merge_of<H>::value>> {
	using type = H;
	static type none() noexcept
	{
		H handle;

		handle.merge = nullptr;
		return handle;
	}
	static bool has(const type &handle) noexcept
	{
		return handle.merge != nullptr;
	}
	static void free(const type &handle) noexcept
	{
		skep_merge_free(handle.merge);
	}
};

} // namespace detail

/**
 * Frees what it owns when it ends; moves, and does not copy. `skep::owner<skep_object>`,
 * `skep::owner<skep_link>`, `skep::owner<execsnoop>` for objects, and
 * `skep::owner<execsnoop_events_ring>` for handles that were opened. It passes for the pointer or
 * the handle wherever C wants one.
 *
 * Freeing never changes skep_error_last().
 */
template <typename T> class owner
{
	using held = detail::owned<T>;

public:
	/** `T *`, or the handle itself. */
	using type = typename held::type;

	owner() noexcept : value_(held::none())
	{
	}
	/** Takes over what C handed out. */
	explicit owner(type value) noexcept : value_(value)
	{
	}
	owner(owner &&other) noexcept : value_(other.release())
	{
	}
	owner &operator=(owner &&other) noexcept
	{
		reset(other.release());
		return *this;
	}
	owner(const owner &) = delete;
	owner &operator=(const owner &) = delete;
	~owner()
	{
		reset();
	}

	/** For an out parameter: `execsnoop_open(app.out(), nullptr)`. Frees what was there. */
	type *out() noexcept
	{
		reset();
		return &value_;
	}
	/** Borrows it. */
	type get() const noexcept
	{
		return value_;
	}
	/** Borrows it, where C wants it. */
	operator type() const noexcept
	{
		return value_;
	}
	/** Whether there is something. */
	bool empty() const noexcept
	{
		return !held::has(value_);
	}
	/** Gives it away: the caller frees it. */
	[[nodiscard]] type release() noexcept
	{
		return std::exchange(value_, held::none());
	}
	/** Frees it, and takes over another. */
	void reset(type value = held::none()) noexcept
	{
		const type old = std::exchange(value_, value);

		if (held::has(old))
			held::free(old);
	}

private:
	type value_;
};

namespace detail
{

/* The handle, also of an owner: calls take both. */
template <typename H> const H &plain(const H &handle)
{
	return handle;
}
template <typename T> T plain(const owner<T> &handle)
{
	return handle.get();
}
template <typename X> using plain_t = bare<decltype(plain(std::declval<const X &>()))>;

} // namespace detail

/**
 * Options with `sz` set and everything else default, that pass for the C struct's pointer:
 *
 * @code{.cpp}
 * skep::opts<skep_loop_opts> o;
 *
 * o.signals = true;
 * if (loop.open(&o) ||
 *     skep_ring_open(&events, object, "events",
 *                    skep::opts<skep_ring_opts>([](auto &o) { o.max_tail = 256; })))
 *         return skep_perror("events");
 * @endcode
 */
template <typename T> struct opts : T {
	opts() noexcept : T()
	{
		static_assert(offsetof(T, sz) == 0, "skep: these are no options of skep");
		this->sz = sizeof(T);
	}
	/** Lets `fill` set members, so that options need no name. */
	template <typename F, typename = std::enable_if_t<std::is_invocable_v<F &, T &>>>
	explicit opts(F &&fill) : opts()
	{
		fill(static_cast<T &>(*this));
	}
	/** The C struct, as long as the options live: to the end of the call at least. */
	operator const T *() const noexcept
	{
		return this;
	}
};

} // namespace skep

#endif

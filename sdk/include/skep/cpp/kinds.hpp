/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_KINDS_HPP
#define SKEP_CPP_KINDS_HPP
/**
 * @file cpp/kinds.hpp
 * Maps with calls of their own: queues, filters, maps of maps, of sockets, of descriptors, of
 * programs, storage. Part of skep.hpp.
 *
 * @code{.cpp}
 * typedef SKEP_QUEUE(struct count) count_queue;
 *
 * skep::owner<count_queue> queue;
 * struct count next;
 *
 * if (skep_map_open(queue.out(), object, "queue"))
 *         return skep_perror("queue");
 * while (skep::pop(queue, next) == 0)
 *         std::printf("%llu\n", next.packets);
 * @endcode
 *
 * Each call takes a handle, or a skep::owner of one, and is the C call of the same name.
 */
#include <cerrno>

#include <sys/types.h>

#include <skep/cpp/owner.hpp>

namespace skep
{

namespace detail
{

/* Whether H is a handle for `access`; `which` is only there for the sentence. */
#define SKEP_CHECK_ACCESS_(name, access, sentence)                                                 \
	template <typename H> constexpr bool check_##name()                                        \
	{                                                                                          \
		if constexpr (check_map<H>()) {                                                    \
			static_assert(has_access<H, access>, sentence);                            \
			return has_access<H, access>;                                              \
		}                                                                                  \
		return false;                                                                      \
	}
SKEP_CHECK_ACCESS_(queue, SKEP_ACCESS_QUEUE, "skep: this is not a handle of SKEP_QUEUE()")
SKEP_CHECK_ACCESS_(bloom, SKEP_ACCESS_BLOOM, "skep: this is not a handle of SKEP_BLOOM()")
SKEP_CHECK_ACCESS_(nested, SKEP_ACCESS_NESTED, "skep: this is not a handle of SKEP_MAP_OF_MAPS()")
SKEP_CHECK_ACCESS_(sockets, SKEP_ACCESS_SOCKETS, "skep: this is not a handle of SKEP_SOCKET_MAP()")
SKEP_CHECK_ACCESS_(fds, SKEP_ACCESS_FDS, "skep: this is not a handle of SKEP_FD_MAP()")
SKEP_CHECK_ACCESS_(programs, SKEP_ACCESS_PROGRAMS,
		   "skep: this is not a handle of SKEP_PROGRAM_ARRAY()")
SKEP_CHECK_ACCESS_(storage, SKEP_ACCESS_STORAGE, "skep: this is not a handle of SKEP_STORAGE()")
SKEP_CHECK_ACCESS_(stacks, SKEP_ACCESS_STACKS, "skep: this is not a handle of SKEP_STACKS()")
#undef SKEP_CHECK_ACCESS_

/* Whether `Inner` is such a handle as the maps in `Outer` have. */
template <typename Outer, typename Inner> constexpr bool check_inner()
{
	if constexpr (check_nested<Outer>() && check_map<Inner>()) {
		using in = typename inner_of<Outer>::type;
		constexpr bool fits = access_of<in> == access_of<Inner> &&
				      is_same<typename map_of<in>::key_type,
					      typename map_of<Inner>::key_type>() &&
				      is_same<typename map_of<in>::value_type,
					      typename map_of<Inner>::value_type>();

		static_assert(fits, "skep: this is not the type of the inner maps");
		return fits;
	}
	return false;
}

} // namespace detail

/** Adds a value to a queue or stack: see skep_queue_push_raw(). */
template <typename X, typename V>
[[nodiscard]] int push(const X &handle, const V &value, skep_push how = SKEP_PUSH_ANY)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_queue<H>() && detail::check_value<H, V>())
		return skep_queue_push_raw(detail::plain(handle).map, &value, how);
	return -EINVAL;
}

/** Takes the next value out; -ENOENT when there is none: see skep_queue_pop_raw(). */
template <typename X, typename V> [[nodiscard]] int pop(const X &handle, V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_queue<H>() && detail::check_value<H, V>())
		return skep_queue_pop_raw(detail::plain(handle).map, &value);
	return -EINVAL;
}

/** Copies the next value and leaves it there: see skep_queue_peek_raw(). */
template <typename X, typename V> [[nodiscard]] int peek(const X &handle, V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_queue<H>() && detail::check_value<H, V>())
		return skep_queue_peek_raw(detail::plain(handle).map, &value);
	return -EINVAL;
}

/** Adds a value to a bloom filter: see skep_bloom_add_raw(). */
template <typename X, typename V> [[nodiscard]] int add(const X &handle, const V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_bloom<H>() && detail::check_value<H, V>())
		return skep_bloom_add_raw(detail::plain(handle).map, &value);
	return -EINVAL;
}

/** Whether a value may have been added, as skep_bloom_has_raw() says it. */
template <typename X, typename V> [[nodiscard]] int has(const X &handle, const V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_bloom<H>() && detail::check_value<H, V>())
		return skep_bloom_has_raw(detail::plain(handle).map, &value);
	return -EINVAL;
}

/** Sets the inner map of a key, at once: see skep_map_set_inner_raw(). */
template <typename X, typename K, typename I>
[[nodiscard]] int set_inner(const X &outer, const K &key, const I &inner)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_inner<H, detail::plain_t<I>>() && detail::check_key<H, K>())
		return skep_map_set_inner_raw(detail::plain(outer).map, &key,
					      detail::plain(inner).map);
	return -EINVAL;
}

/** Opens the inner map of a key: see skep_map_get_inner_raw(). */
template <typename X, typename K, typename I>
[[nodiscard]] int get_inner(const X &outer, const K &key, owner<I> &inner)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_inner<H, I>() && detail::check_key<H, K>()) {
		I *const to = inner.out();

		return skep_map_get_inner_raw(&to->map, detail::plain(outer).map, &key,
					      SKEP_MAP_SHAPE(to));
	}
	return -EINVAL;
}

/** Makes an empty map like the inner ones: see skep_map_new_inner_raw(). */
template <typename X, typename I>
[[nodiscard]] int new_inner(const X &outer, owner<I> &inner, const char *name, uint32_t entries = 0)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_inner<H, I>()) {
		I *const to = inner.out();

		return skep_map_new_inner_raw(&to->map, detail::plain(outer).map, name, entries,
					      SKEP_MAP_SHAPE(to));
	}
	return -EINVAL;
}

/** Puts a socket in, by its descriptor: see skep_map_set_socket_raw(). */
template <typename X, typename K>
[[nodiscard]] int set_socket(const X &handle, const K &key, int fd, skep_put how = SKEP_PUT_ANY)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_sockets<H>() && detail::check_key<H, K>())
		return skep_map_set_socket_raw(detail::plain(handle).map, &key, fd, how);
	return -EINVAL;
}

/** The cookie of the socket that is in: see skep_map_get_socket_raw(). */
template <typename X, typename K>
[[nodiscard]] int get_socket(const X &handle, const K &key, uint64_t &cookie)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_sockets<H>() && detail::check_key<H, K>())
		return skep_map_get_socket_raw(detail::plain(handle).map, &key, &cookie);
	return -EINVAL;
}

/** Puts a descriptor's object into a slot: see skep_map_set_fd_raw(). */
template <typename X> [[nodiscard]] int set_fd(const X &handle, uint32_t index, int fd)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_fds<H>())
		return skep_map_set_fd_raw(detail::plain(handle).map, index, fd);
	return -EINVAL;
}

/** Puts a cgroup into a slot, by its path: see skep_map_set_cgroup_raw(). */
template <typename X>
[[nodiscard]] int set_cgroup(const X &handle, uint32_t index, const char *path)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_fds<H>())
		return skep_map_set_cgroup_raw(detail::plain(handle).map, index, path);
	return -EINVAL;
}

/** Puts a program into a slot: see skep_map_set_program_raw(). */
template <typename X>
[[nodiscard]] int set_program(const X &handle, uint32_t index, const skep_program *program)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_programs<H>())
		return skep_map_set_program_raw(detail::plain(handle).map, index, program);
	return -EINVAL;
}

/** Puts a program of an object into a slot, by its name: see skep_programs_set_raw(). */
template <typename X>
[[nodiscard]] int set_program(const X &handle, uint32_t index, const skep_object *object,
			      const char *name)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_programs<H>())
		return skep_programs_set_raw(detail::plain(handle).map, index, object, name);
	return -EINVAL;
}

/** What is in a slot: see skep_map_get_program_raw(). */
template <typename X>
[[nodiscard]] int get_program(const X &handle, uint32_t index, skep_program_slot &slot)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_programs<H>())
		return skep_map_get_program_raw(detail::plain(handle).map, index, &slot);
	return -EINVAL;
}

/** Empties a slot: see skep_map_clear_program_raw(). */
template <typename X> int clear_program(const X &handle, uint32_t index)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_programs<H>())
		return skep_map_clear_program_raw(detail::plain(handle).map, index);
	return -EINVAL;
}

/** Whose value in a storage is meant: `by_fd{ fd }`, of a socket, a file, a pidfd or a cgroup. */
struct by_fd {
	int fd; /**< the descriptor */
};
/** Whose value in a storage is meant: `by_pid{ getpid() }`. */
struct by_pid {
	pid_t pid; /**< the process */
};
/** Whose value in a storage is meant: `by_path{ "/sys/fs/cgroup/x" }`. */
struct by_path {
	const char *path; /**< of the file, or of the cgroup's folder */
};

namespace detail
{

inline int storage_get(const skep_map *map, by_fd who, void *value)
{
	return skep_storage_get_raw(map, who.fd, value);
}
inline int storage_get(const skep_map *map, by_pid who, void *value)
{
	return skep_storage_get_task_raw(map, who.pid, value);
}
inline int storage_get(const skep_map *map, by_path who, void *value)
{
	return skep_storage_get_path_raw(map, who.path, value);
}
inline int storage_put(const skep_map *map, by_fd who, const void *value, skep_put how)
{
	return skep_storage_put_raw(map, who.fd, value, how);
}
inline int storage_put(const skep_map *map, by_pid who, const void *value, skep_put how)
{
	return skep_storage_put_task_raw(map, who.pid, value, how);
}
inline int storage_put(const skep_map *map, by_path who, const void *value, skep_put how)
{
	return skep_storage_put_path_raw(map, who.path, value, how);
}
inline int storage_del(const skep_map *map, by_fd who)
{
	return skep_storage_del_raw(map, who.fd);
}
inline int storage_del(const skep_map *map, by_pid who)
{
	return skep_storage_del_task_raw(map, who.pid);
}
inline int storage_del(const skep_map *map, by_path who)
{
	return skep_storage_del_path_raw(map, who.path);
}

} // namespace detail

/** Copies the value of an owner out: see skep_storage_get_raw(). */
template <typename X, typename Who, typename V>
[[nodiscard]] int storage_get(const X &handle, Who who, V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_storage<H>() && detail::check_value<H, V>())
		return detail::storage_get(detail::plain(handle).map, who, &value);
	return -EINVAL;
}

/** Gives an owner a value: see skep_storage_put_raw(). */
template <typename X, typename Who, typename V>
[[nodiscard]] int storage_put(const X &handle, Who who, const V &value, skep_put how = SKEP_PUT_ANY)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_storage<H>() && detail::check_value<H, V>())
		return detail::storage_put(detail::plain(handle).map, who, &value, how);
	return -EINVAL;
}

/** Takes the value away from an owner: see skep_storage_del_raw(). */
template <typename X, typename Who> int storage_del(const X &handle, Who who)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_storage<H>())
		return detail::storage_del(detail::plain(handle).map, who);
	return -EINVAL;
}

/** The addresses of a stack: see skep_stacks_get_raw(). */
template <typename X>
[[nodiscard]] int get_stack(const X &handle, int64_t id, uint64_t *addresses, uint32_t &depth)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_stacks<H>())
		return skep_stacks_get_raw(detail::plain(handle).map, id, addresses, &depth);
	return -EINVAL;
}

/** Removes a stack: see skep_stacks_del_raw(). */
template <typename X> int del_stack(const X &handle, int64_t id)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_stacks<H>())
		return skep_stacks_del_raw(detail::plain(handle).map, id);
	return -EINVAL;
}

} // namespace skep

#endif

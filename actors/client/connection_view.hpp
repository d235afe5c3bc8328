#pragma once

#include "actors/client/connection_registry.hpp"

namespace weir {

struct client_socket;
struct connection_state;

/// What an operator sees of a CONNECTION, and wants of it
/// (connection_orders.cpp), and what it hears of other mappings: it is in its
/// loop's registry as long as this is there.
class connection_view final : public listed_connection {
public:
  /// `of` outlives this, and has its context and its session.
  explicit connection_view(connection_state& of);
  ~connection_view();

  connection_view(const connection_view&) = delete;
  connection_view& operator=(const connection_view&) = delete;

  /// Whether an operator who says this means the connection, and not a socket
  /// of it.
  bool is_called(std::string_view id) const;

  std::string_view session_id() const override;
  bool matches(const connection_filter& x) const override;
  schemas::connection_status describe(bool in_detail) const override;
  void add_to(connection_counts& x) const override;
  order_done follow(const socket_order& x) override;
  void use(const routes& next) override;

private:
  void end_questions(client_socket& socket, const nsp_routes& now);

  connection_state& of_;
};

} // namespace weir

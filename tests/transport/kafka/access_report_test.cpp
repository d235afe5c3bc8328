#include "transport/kafka/access_report.hpp"

#include "transport/kafka/library.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::kafka;

namespace {

access_report with(verdict write) {
  access_report result;
  result.brokers = "a:1,b:1";
  const std::string who = "User:o'neil";
  result.rows
    = {{"consumer", who, "topic", "chat", "Describe", verdict::granted},
       {"consumer", who, "topic", "chat", "Read", verdict::granted},
       {"consumer", who, "group", "weir", "Read", verdict::unknown},
       {"producer", who, "topic", "chat", "Describe", verdict::granted},
       {"producer", who, "topic", "chat", "Write", write, "nobody may"}};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_report)

BOOST_AUTO_TEST_CASE(lists_what_there_is_and_what_is_missing) {
  BOOST_TEST(to_text(with(verdict::denied))
             == "Kafka at a:1,b:1\n"
                "  consumer, as User:o'neil:\n"
                "    topic chat: Describe ok, Read ok\n"
                "    group weir: Read not known\n"
                "  producer, as User:o'neil:\n"
                "    topic chat: Describe ok, Write MISSING (nobody may)\n"
                "The smallest set of ACLs for this configuration:\n"
                "  kafka-acls --bootstrap-server 'a:1,b:1' --add "
                "--allow-principal 'User:o'\\''neil' --operation Read --group "
                "'weir'\n"
                "  kafka-acls --bootstrap-server 'a:1,b:1' --add "
                "--allow-principal 'User:o'\\''neil' --operation Read "
                "--operation Write --topic 'chat'\n"
                "Kafka: something is missing, see above\n");
}

BOOST_AUTO_TEST_CASE(is_sufficient_without_anything_that_is_missing) {
  auto x = with(verdict::granted);
  BOOST_TEST(x.is_sufficient());
  BOOST_TEST(!with(verdict::denied).is_sufficient());
  x.missing_topics = {"news does not exist"};
  BOOST_TEST(!x.is_sufficient());
  x = with(verdict::granted);
  x.problem = "no broker answers";
  BOOST_TEST(!x.is_sufficient());
}

BOOST_AUTO_TEST_CASE(the_library_can_log_in_in_each_way) {
  auto text = library_version();
  for (auto* x :
       {"ssl", "sasl_plain", "sasl_scram", "sasl_oauthbearer", "oidc"})
    BOOST_TEST(text.find(x) != std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()

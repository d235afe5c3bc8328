#include "transport/auth/key_reader.hpp"

#include <openssl/pem.h>

namespace weir::auth {

namespace {

/// One block between its BEGIN and END lines.
struct pem_block {
  std::string name;
  std::string bytes;
};

std::optional<pem_block> next_block(BIO* from) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(from, &name, &header, &data, &size) != 1)
    return std::nullopt;
  pem_block result{
    name, {reinterpret_cast<char*>(data), static_cast<std::size_t>(size)}};
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return result;
}

/// Null: it is none.
pkey_handle key_in(const pem_block& x) {
  auto* begin = reinterpret_cast<const unsigned char*>(x.bytes.data());
  auto size = static_cast<long>(x.bytes.size());
  if (x.name == "PUBLIC KEY")
    return pkey_handle{d2i_PUBKEY(nullptr, &begin, size)};
  if (x.name == "RSA PUBLIC KEY")
    return pkey_handle{d2i_PublicKey(EVP_PKEY_RSA, nullptr, &begin, size)};
  certificate holder{x.name == "CERTIFICATE" ? d2i_X509(nullptr, &begin, size)
                                             : nullptr};
  return pkey_handle{holder ? X509_get_pubkey(holder.get()) : nullptr};
}

bool is_private(const pem_block& x) {
  return x.name.find("PRIVATE KEY") != std::string::npos;
}

} // namespace

read_keys keys_from_pem(std::string_view text) {
  forget_errors ignored;
  key_reader reader;
  bio_handle from{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  while (auto block = from ? next_block(from.get()) : std::nullopt) {
    if (is_private(*block))
      reader.complain("a private key, which is the signer's secret; \"openssl "
                      "pkey -in FILE -pubout\" shows its public one");
    else
      reader.add(key_in(*block));
  }
  if (reader.result.keys.empty())
    reader.complain("no public key or certificate in PEM");
  return reader.result;
}

} // namespace weir::auth

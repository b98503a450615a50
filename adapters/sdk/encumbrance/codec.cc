#include "adapters/sdk/encumbrance/codec.h"

#include "adapters/sdk/encumbrance/fields.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kVersion = 2;

}  // namespace

std::string EncodeEncumbrance(const Encumbrance& row) {
  FieldWriter out(kVersion);
  out.Text(row.id).Text(row.authority).Text(row.document_number).Count(row.scope.size());
  for (const std::string& asset : row.scope) out.Text(asset);
  out.Time(row.rank.served_at).U64(row.rank.served_sequence).I64(row.requested).I64(row.deducted);
  out.U8(static_cast<uint8_t>(row.inflow)).U8(row.whole_account).U32(row.part_numerator).U32(row.part_denominator);
  out.U8(static_cast<uint8_t>(row.phase)).Count(row.shares.size());
  for (const Share& share : row.shares) out.Text(share.asset).I64(share.controlled).I64(share.unfunded);
  out.U32(row.term.months).U32(row.term.years).Time(row.effective_from).Time(row.effective_to);
  out.U64(row.revision);
  return out.Take();
}

std::optional<Encumbrance> DecodeEncumbrance(std::string_view bytes) {
  FieldReader in(bytes, kVersion);
  Encumbrance row;
  row.id = in.Text();
  row.authority = in.Text();
  row.document_number = in.Text();
  row.scope.resize(in.Count());
  for (std::string& asset : row.scope) asset = in.Text();
  row.rank.served_at = in.Time();
  row.rank.served_sequence = in.U64();
  row.requested = in.I64();
  row.deducted = in.I64();
  const uint8_t inflow = in.U8();
  in.Expect(inflow <= 2);
  row.inflow = static_cast<InflowRule>(inflow);
  row.whole_account = in.U8() != 0;
  row.part_numerator = in.U32();
  row.part_denominator = in.U32();
  row.phase = static_cast<Phase>(in.U8());
  in.Expect(PhaseName(row.phase) != "UNKNOWN");
  row.shares.resize(in.Count());
  for (Share& share : row.shares) share.asset = in.Text(), share.controlled = in.I64(), share.unfunded = in.I64();
  row.term.months = in.U32();
  row.term.years = in.U32();
  row.effective_from = in.MaybeTime();
  row.effective_to = in.MaybeTime();
  row.revision = in.U64();
  if (!in.Done()) return std::nullopt;
  return row;
}

std::string EncodeAsset(const Asset& asset) {
  FieldWriter out(kVersion);
  out.Text(asset.id).U8(static_cast<uint8_t>(asset.kind)).I64(asset.balance).Text(asset.currency);
  out.U8(static_cast<uint8_t>(asset.account_class)).U8(static_cast<uint8_t>(asset.standing));
  return out.Take();
}

std::optional<Asset> DecodeAsset(std::string_view bytes) {
  FieldReader in(bytes, kVersion);
  Asset asset;
  asset.id = in.Text();
  const uint8_t kind = in.U8();
  asset.balance = in.I64();
  asset.currency = in.Text();
  const uint8_t account_class = in.U8(), standing = in.U8();
  in.Expect(kind <= 1 && account_class <= 2 && standing <= 2);
  asset.kind = static_cast<AssetKind>(kind);
  asset.account_class = static_cast<AccountClass>(account_class);
  asset.standing = static_cast<Standing>(standing);
  if (!in.Done()) return std::nullopt;
  return asset;
}

}  // namespace eagle::sdk

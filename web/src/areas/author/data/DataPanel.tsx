import Empty from "@/components/Empty";

export default function DataPanel() {
  return <Empty>Data</Empty>;
}

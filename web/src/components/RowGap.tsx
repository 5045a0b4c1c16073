/** Stands for rows that are not drawn. */
export default function RowGap({ height, columns }: { height: number; columns: number }) {
  return height === 0 ? null : (
    <tr role="presentation" class="row-gap">
      <td colSpan={columns} style={{ height: `${height}px`, padding: 0, border: 0 }} />
    </tr>
  );
}
